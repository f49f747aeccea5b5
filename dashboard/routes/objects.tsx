import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { MAX_OFFSET } from '../../receiver/store/store.ts';
import { clientSignal } from '../api/context.ts';
import { eventDetails } from '../events/event.ts';
import { objectQuery } from '../events/event-filter.ts';
import { loadNumberedPage } from '../numbered-page.ts';
import { pageParam, single } from '../params.ts';
import { link } from '../views/links.ts';
import { ObjectPage } from '../views/object.tsx';
import { eventLine } from './event-props.ts';
import { NotFound } from './failures.tsx';
import { type PageRequest, pageContext } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

const NOTHING_KNOWN = 'No record says anything about this object: none ever did, or their time was over.';

/** `/objects?type=order&id=7`: everything about one object, whenever it was. */
export function objectRoute(site: Site) {
  const { store, settings } = site.options;
  return async (ctx: PageRequest): Promise<void> => {
    const type = single(ctx.query, 'type');
    const id = single(ctx.query, 'id');
    if (type === undefined || id === undefined) {
      throw new NotFound('An object has a type and an id; this address names no object.');
    }
    const order = single(ctx.query, 'order') === 'oldest' ? 'oldest' : 'newest';
    const limit = settings.pageSize;
    const number = Math.min(pageParam(ctx.query), Math.floor(MAX_OFFSET / limit));
    const [page, found] = await Promise.all([
      pageContext(ctx, site),
      loadNumberedPage(store, {
        query: objectQuery({ type, id }),
        limit,
        offset: (number - 1) * limit,
        order,
        signal: clientSignal(ctx),
      }),
    ]);
    const { records, count, isCounted } = found;
    if (records.length === 0) throw new NotFound(NOTHING_KNOWN);
    await sendPage(
      ctx,
      <ObjectPage
        page={page}
        object={{ type, id }}
        name={nameOf(records)}
        removed={order === 'newest' && number === 1 ? removalOf(records[0]!) : null}
        order={order}
        list={{
          events: records.map(eventLine),
          words: [],
          total: count,
          paging: { page: number, pages: Math.max(Math.ceil(count / limit), number) },
          unbounded: !isCounted,
          hrefOf: (other) =>
            link(page.base, '/objects', {
              type,
              id,
              order: order === 'oldest' ? order : undefined,
              page: other === 1 ? undefined : String(other),
            }),
          searchOn: null,
        }}
      />,
    );
  };
}

/** What the newest of the records that names it calls it. */
function nameOf(records: readonly StoredRecord[]): string | null {
  const named = records.map((record) => ({ at: record.timestamp, name: eventDetails(record).object?.name ?? null }));
  return named.filter(({ name }) => name !== null).toSorted((a, b) => Number(b.at - a.at))[0]?.name ?? null;
}

/** When the newest record is the object's end. */
function removalOf(newest: StoredRecord): bigint | null {
  return eventDetails(newest).action?.toLowerCase() === 'delete' ? newest.timestamp : null;
}
