import type { EventLine } from './event.ts';
import { Pager, type Paging } from './pager.tsx';

/** A page of events, with where its other pages are. */
export interface EventPage {
  readonly events: readonly EventLine[];
  readonly words: readonly string[];
  /** How many there are in all, and whether that is all of them. */
  readonly total: number;
  readonly paging: Paging;
  readonly unbounded: boolean;
  /** The address of another page of the list. */
  readonly hrefOf: (page: number) => string;
  /** Where the search goes on, when its time limit ended it early. */
  readonly searchOn: string | null;
}

/** What follows a list: the rest of a search that took too long, and its other pages. */
export function EndOfList({ list }: { readonly list: EventPage }) {
  return (
    <>
      {list.searchOn && (
        <p class="sub">
          The search took long and stopped before the end. <a href={list.searchOn}>Search on from there</a>
        </p>
      )}
      <Pager
        paging={list.paging}
        href={list.hrefOf}
        words={{ back: 'Newer', on: 'Older' }}
        unbounded={list.unbounded}
      />
    </>
  );
}
