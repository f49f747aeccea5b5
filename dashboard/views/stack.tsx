import { nounFor, printable } from './format.ts';
import { Highlighted } from './highlight.tsx';
import { partsOf } from './stack-trace.ts';

/** So many library frames beside each other are folded. */
const FOLD_FROM = 3;

/** A stack trace: the application's own frames stand out, libraries' are dimmed and folded. */
export function Stack({ stacktrace, words }: { readonly stacktrace: string; readonly words: readonly string[] }) {
  return (
    <div class="msg stack">
      {partsOf(stacktrace).map(({ library, lines }, index) => {
        const text = <Highlighted text={printable(lines.join('\n'))} words={words} />;
        if (!library) return <div key={index}>{text}</div>;
        if (lines.length < FOLD_FROM) {
          return (
            <div key={index} class="library">
              {text}
            </div>
          );
        }
        return (
          <details key={index} class="library">
            <summary>
              … {lines.length} library {nounFor(lines.length, 'frame')}
            </summary>
            {text}
          </details>
        );
      })}
    </div>
  );
}
