import { MAX_PAGE } from '../../receiver/store/store.ts';
import { clientSignal } from '../api/context.ts';
import { pageParam, single } from '../params.ts';
import { link, recordPath } from '../views/links.ts';
import { ContextPage, RecordPage, TracePage } from '../views/record-pages.tsx';
import { NotFound } from './failures.tsx';
import { loadShownMembers, membersPart } from './members.ts';
import { type PageRequest, pageContext } from './page-context.ts';
import { recordDetail, recordLine } from './record-props.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** `/logs/ID`: one record at its lasting address. */
export function recordRoute(site: Site) {
  return async (ctx: PageRequest): Promise<void> => {
    const record = await site.options.store.get(ctx.params.id!);
    if (!record) throw noRecord();
    await sendPage(
      ctx,
      <RecordPage
        page={await pageContext(ctx, site)}
        record={recordDetail(record)}
        previewLength={site.options.settings.messagePreviewLength}
        full={single(ctx.query, 'full') === '1'}
      />,
    );
  };
}

const NEIGHBOURS = 20;

/** `/logs/ID/context`: the record among its neighbours in the same logger. `page` widens it, 20 more on each side. */
export function contextRoute(site: Site) {
  const { store } = site.options;
  return async (ctx: PageRequest): Promise<void> => {
    const id = ctx.params.id!;
    const neighbours = Math.min(pageParam(ctx.query) * NEIGHBOURS, MAX_PAGE);
    const signal = clientSignal(ctx);
    const [record, around] = await Promise.all([store.get(id), store.context(id, neighbours, neighbours, { signal })]);
    if (!record || !around) throw noRecord();
    const page = await pageContext(ctx, site);
    const isMore = neighbours < MAX_PAGE && Math.max(around.before.length, around.after.length) === neighbours;
    const next = String(neighbours / NEIGHBOURS + 1);
    await sendPage(
      ctx,
      <ContextPage
        page={page}
        record={recordDetail(record)}
        records={[...around.before, record, ...around.after].map(recordLine)}
        neighbours={neighbours}
        more={isMore ? link(page.base, `${recordPath(id)}/context`, { page: next }) : null}
      />,
    );
  };
}

const noRecord = (): NotFound =>
  new NotFound('There is no record at this address: it never existed, or it was removed when its time was over.');

/** `/traces/ID`: the records of a trace in order. */
export function traceRoute(site: Site) {
  return async (ctx: PageRequest): Promise<void> => {
    const id = ctx.params.id!;
    const [page, members] = await Promise.all([
      pageContext(ctx, site),
      loadShownMembers(site, ctx, { kind: 'trace', id: id.toLowerCase() }),
    ]);
    await sendPage(
      ctx,
      <TracePage
        page={page}
        id={id}
        records={members.records.map(recordLine)}
        part={membersPart(members, link(page.base, `/traces/${encodeURIComponent(id)}`))}
      />,
    );
  };
}
