import { link, type Parameters } from './links.ts';
import { Hidden } from './menu.tsx';
import type { PageContext } from './page.ts';
import { RangeTabs } from './range-tabs.tsx';

/** A stretch of time that a page is about. */
export interface ChosenTime {
  /** Name of the range, when it is one of the settings' and not the reader's own. */
  readonly range: string | undefined;
  /** `21 Nov 14:00 to 15:00`. */
  readonly words: string;
  /** As one may type them. */
  readonly from: string;
  readonly to: string;
}

interface RangeChoiceProps {
  readonly page: PageContext;
  readonly path: string;
  /** The page's state, whose `range`, `from` and `to` are chosen here; the rest is kept (P33). */
  readonly state: Parameters;
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  readonly time: ChosenTime;
}

/** The ranges of the settings, and a time of the reader's own. */
export function RangeChoice({ page, path, state, ranges, time }: RangeChoiceProps) {
  const action = link(page.base, path);
  const isOwn = time.range === undefined;
  return (
    <RangeTabs
      ranges={ranges}
      current={time.range}
      href={(range) => link(page.base, path, { ...state, range, from: undefined, to: undefined })}
    >
      <details class="menu custom" data-menu>
        <summary aria-current={isOwn ? 'true' : undefined}>{isOwn ? time.words : 'Custom'}</summary>
        <form class="list" action={action}>
          <Hidden values={{ ...state, range: undefined, from: undefined, to: undefined }} />
          <label>
            From <input name="from" value={time.from} placeholder="now-6h" autocomplete="off" />
          </label>
          <label>
            To <input name="to" value={time.to} placeholder="now" autocomplete="off" />
          </label>
          <p class="hint">
            Such as 2026-11-21 09:00, now, now-90m or now-7d. Times in {page.zone.replaceAll('_', ' ')}.
          </p>
          <button type="submit" class="btn strong">
            Show
          </button>
        </form>
      </details>
    </RangeTabs>
  );
}
