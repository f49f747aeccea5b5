import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { MAX_OFFSET, type SearchRequest } from '../../receiver/store/store.ts';
import { clientSignal } from '../api/context.ts';
import { eventDetails } from '../events/event.ts';
import { objectQuery } from '../events/event-filter.ts';
import { loadNumberedPage, type NumberedPage } from '../numbered-page.ts';
import type { DashboardOptions } from '../options.ts';
import { pageParam, recordFilter, single } from '../params.ts';
import { rfc3339 } from '../views/format.ts';
import { link, type Parameters } from '../views/links.ts';
import { ObjectPage } from '../views/object.tsx';
import type { Paging } from '../views/pager.tsx';
import { eventLine } from './event-props.ts';
import { NotFound } from './failures.tsx';
import { type PageRequest, pageContext } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

const NOTHING_KNOWN = 'No record says anything about this object: none ever did, or their time was over.';

/** `/objects?type=order&id=7`: everything about one object, whenever it was. */
export function objectRoute(site: Site) {
  return async (ctx: PageRequest): Promise<void> => {
    const type = single(ctx.query, 'type');
    const id = single(ctx.query, 'id');
    if (type === undefined || id === undefined) {
      throw new NotFound('An object has a type and an id; this address names no object.');
    }
    const order = single(ctx.query, 'order') === 'oldest' ? 'oldest' : 'newest';
    const [page, history] = await Promise.all([
      pageContext(ctx, site),
      loadHistory(site.options, ctx, { query: objectQuery({ type, id }), order }),
    ]);
    const { records, count, isCounted, complete, next, paging, to } = history;
    if (records.length === 0 && complete) throw new NotFound(NOTHING_KNOWN);
    const newestFirst = order === 'newest' ? records : records.toReversed();
    const hasEnd = to === undefined && paging.page === (order === 'newest' ? 1 : paging.pages);
    const linkTo = (change: Parameters) =>
      link(page.base, '/objects', { type, id, order: order === 'oldest' ? order : undefined, ...change });
    // What happens to it while somebody turns pages must not push the others from one to the next.
    const [first] = records;
    const pinned = to ?? (order === 'newest' && paging.page === 1 && first ? first.timestamp + 1n : undefined);
    const until = pinned === undefined ? undefined : rfc3339(pinned);
    await sendPage(
      ctx,
      <ObjectPage
        page={page}
        object={{ type, id }}
        name={nameOf(newestFirst)}
        removed={hasEnd ? removalOf(newestFirst) : null}
        order={order}
        list={{
          events: records.map(eventLine),
          words: [],
          total: count,
          paging,
          unbounded: !isCounted,
          hrefOf: (other) => linkTo(other === 1 ? {} : { to: until, page: String(other) }),
          searchOn: complete || next === null ? null : linkTo({ to: until, cursor: next }),
        }}
      />,
    );
  };
}

interface History extends NumberedPage {
  readonly paging: Paging;
  /** Until when it is listed; undefined for all of it. */
  readonly to: bigint | undefined;
}

/** A page by its number, one beyond the last being the last (P32), or what comes after a cursor. */
async function loadHistory(
  { store, settings: { pageSize }, now }: DashboardOptions,
  ctx: PageRequest,
  { query, order }: Required<Pick<SearchRequest, 'query' | 'order'>>,
): Promise<History> {
  const asked = recordFilter(ctx.query, now());
  const to = asked.ok ? asked.value.to : undefined;
  const cursor = single(ctx.query, 'cursor');
  const find = (number: number) =>
    loadNumberedPage(store, {
      query,
      to,
      limit: pageSize,
      offset: (number - 1) * pageSize,
      cursor,
      order,
      signal: clientSignal(ctx),
    });
  const furthest = Math.floor(MAX_OFFSET / pageSize) + 1;
  const number = cursor === undefined ? Math.min(pageParam(ctx.query), furthest) : 1;
  const found = await find(number);
  const pages = Math.min(Math.max(Math.ceil(found.count / pageSize), 1), furthest);
  if (number > pages && found.isCounted) return { ...(await find(pages)), paging: { page: pages, pages }, to };
  return { ...found, paging: { page: number, pages: Math.max(pages, number) }, to };
}

/** What the newest of the records that names it calls it. */
function nameOf(newestFirst: readonly StoredRecord[]): string | null {
  return (
    newestFirst
      .values()
      .map(objectName)
      .find((name) => name !== null) ?? null
  );
}

const objectName = (record: StoredRecord): string | null => eventDetails(record).object?.name ?? null;

/** When its end is the last that was done to it: to look at what is gone, or to tell of it, brings nothing back. */
function removalOf(newestFirst: readonly StoredRecord[]): bigint | null {
  for (const record of newestFirst) {
    const action = eventDetails(record).action?.toLowerCase() ?? 'access';
    if (action !== 'access') return action === 'delete' ? record.timestamp : null;
  }
  return null;
}
