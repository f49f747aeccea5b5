import { exact } from './format.ts';

/** Which page of how many; both at least 1 (P32). */
export interface Paging {
  readonly page: number;
  readonly pages: number;
}

interface PagerProps {
  readonly paging: Paging;
  readonly href: (page: number) => string;
  /** What going back and forth in the list means. */
  readonly words?: { readonly back: string; readonly on: string };
  /** Instead of the number of pages, when that isn't known. */
  readonly unbounded?: boolean;
}

/** Links to the pages before and after; nothing where there is only one. */
export function Pager({ paging, href, words = { back: 'Previous', on: 'Next' }, unbounded = false }: PagerProps) {
  const { page, pages } = paging;
  if (page === 1 && pages === 1) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      {page > 1 ? (
        <a class="btn" rel="prev" href={href(page - 1)}>
          ← {words.back}
        </a>
      ) : (
        <span class="btn off">← {words.back}</span>
      )}
      <span class="of">
        Page {exact(page)}
        {!unbounded && ` of ${exact(pages)}`}
      </span>
      {page < pages ? (
        <a class="btn" rel="next" href={href(page + 1)}>
          {words.on} →
        </a>
      ) : (
        <span class="btn off">{words.on} →</span>
      )}
    </nav>
  );
}
