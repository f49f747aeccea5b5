import { Pager, type Paging } from './pager.tsx';

/** A page of a list, and where its other pages are. */
export interface ListPage {
  /** How many entries there are in all. */
  readonly total: number;
  readonly paging: Paging;
  /** True when counting ended early: there are more than `total`, and more pages. */
  readonly unbounded: boolean;
  /** The address of another page of the list. */
  readonly hrefOf: (page: number) => string;
  /** Where the search goes on, when its time limit ended it early. */
  readonly searchOn: string | null;
}

/** What follows a list: the rest of a search that took too long, and its other pages. */
export function EndOfList({
  list,
  order = 'newest',
}: {
  readonly list: ListPage;
  readonly order?: 'newest' | 'oldest';
}) {
  const words = order === 'newest' ? { back: 'Newer', on: 'Older' } : { back: 'Older', on: 'Newer' };
  return (
    <>
      {list.searchOn && (
        <p class="sub">
          The search took long and stopped before the end. <a href={list.searchOn}>Search on from there</a>
        </p>
      )}
      <Pager paging={list.paging} href={list.hrefOf} words={words} unbounded={list.unbounded} />
    </>
  );
}
