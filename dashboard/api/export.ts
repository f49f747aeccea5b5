import { Readable } from 'node:stream';
import { shown } from '../../receiver/query/syntax.ts';
import { safeText } from '../../receiver/store/errors.ts';
import type { LogStore, SearchPage, SearchRequest } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { recordFilter, single } from '../params.ts';
import { toRfc3339Millis } from '../times.ts';
import { type ApiContext, clientSignal } from './context.ts';
import { EXPORT_FORMATS, type ExportFormat, type ExportFormatName, isExportFormat } from './export-formats.ts';
import { ApiProblem, accepted, badParameter } from './problem.ts';
import { sendStream } from './stream.ts';

const PAGE = 500;
/** Exports at once: each holds a page for as long as its reader takes. */
const MOST_READERS = 16;

/** `GET export`: everything that matches, newest first, streamed. It is read as fast as the client takes it. */
export function exportResource({ store, now, onError }: DashboardOptions): (ctx: ApiContext) => Promise<void> {
  let readers = 0;
  return async (ctx) => {
    const format: ExportFormat = EXPORT_FORMATS[formatParam(ctx)];
    const signal = clientSignal(ctx);
    const request = { ...accepted(recordFilter(ctx.query, now())), limit: PAGE, signal };
    if (readers >= MOST_READERS) {
      const headers = { 'Retry-After': '5' };
      throw new ApiProblem(503, `${MOST_READERS} exports are running, which is the most. Try again later.`, {
        headers,
      });
    }
    readers += 1;
    ctx.res.once('close', () => {
      readers -= 1;
    });
    // The first page before the headers, so that a storage that is away still gets its 503.
    const firstPage = await store.search(request);
    const day = toRfc3339Millis(now()).slice(0, 10);
    const headers = {
      'Content-Type': format.contentType,
      'Content-Disposition': `attachment; filename="logvitals-${day}.${format.extension}"`,
    };
    sendStream(ctx, headers, () => {
      const chunks = chunksOf(store, request, firstPage, format);
      return Readable.from(chunks, { objectMode: false }).on('error', (error) => {
        if (!signal.aborted) onError(`an export was broken off: ${safeText(error)}`);
      });
    });
  };
}

function formatParam(ctx: ApiContext): ExportFormatName {
  const name = single(ctx.query, 'format') ?? 'ndjson';
  if (isExportFormat(name)) return name;
  const allowed = Object.keys(EXPORT_FORMATS).join(', ');
  throw badParameter('format', `must be one of ${allowed}, not ${shown(name)}`);
}

async function* chunksOf(
  store: LogStore,
  request: SearchRequest,
  firstPage: SearchPage,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format.header !== '') yield format.header;
  let page = firstPage;
  for (;;) {
    for (const record of page.records) yield format.line(record);
    if (page.next === null) return;
    page = await store.search({ ...request, cursor: page.next });
  }
}
