import type { ComponentChildren } from 'preact';
import { entriesOf, type Parameters } from './links.ts';

/** A button with a list of links under it; opens without JavaScript. */
export function Menu({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <details class="menu" data-menu>
      <summary class="btn">{label}</summary>
      <div class="list">{children}</div>
    </details>
  );
}

/** One of a menu's links; the chosen one says so. */
export function Choice({
  href,
  chosen,
  words,
}: {
  readonly href: string;
  readonly chosen: boolean;
  readonly words: string;
}) {
  return (
    <a href={href} aria-current={chosen ? 'true' : undefined}>
      {words}
    </a>
  );
}

/** The rest of the page's state, carried along by a form (P33). */
export function Hidden({ values }: { readonly values: Parameters }) {
  return (
    <>
      {entriesOf(values).map(([name, value]) => (
        <input key={`${name}=${value}`} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}
