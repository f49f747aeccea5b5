import { nameText } from './format.ts';
import { link } from './links.ts';
import type { PageContext } from './page.ts';

/** A filter that may have several values. */
export interface ChipFilter<Name extends string> {
  readonly name: Name;
  readonly words: string;
  /** How a value is shown; as it is when absent. */
  readonly shown?: (value: string) => string;
}

interface ChipsProps<Name extends string> {
  readonly page: PageContext;
  readonly path: string;
  readonly state: Readonly<Record<Name, readonly string[]>>;
  readonly filters: readonly ChipFilter<Name>[];
}

/** The filters chosen, each with a way to drop it that keeps the others (P33). */
export function Chips<Name extends string>({ page, path, state, filters }: ChipsProps<Name>) {
  const chips = filters.flatMap(({ name, words, shown = (value) => value }) =>
    state[name].map((value) => ({ name, words, value, shown: nameText(shown(value)) })),
  );
  if (chips.length === 0) return null;
  return (
    <div class="under">
      {chips.map(({ name, words, value, shown }) => (
        <a
          key={`${name}=${value}`}
          class="chip"
          href={link(page.base, path, { ...state, [name]: state[name].filter((other) => other !== value) })}
          aria-label={`Drop the filter ${words} ${nameText(value)}`}
        >
          {words} <b>{shown}</b> <span aria-hidden="true">×</span>
        </a>
      ))}
    </div>
  );
}
