import type { Paging } from '../views/pager.tsx';

/** A page of a list. There is always one, and a number beyond the last is the last (P32). */
export function paginate<T>(items: readonly T[], page: number, size: number): { items: readonly T[]; paging: Paging } {
  const pages = Math.max(Math.ceil(items.length / size), 1);
  const shown = Math.min(page, pages);
  return { items: items.slice((shown - 1) * size, shown * size), paging: { page: shown, pages } };
}
