import { setTimeout as sleep } from 'node:timers/promises';
import { EXPORT_FORMATS, type ExportFormatName } from '../../dashboard/api/export-formats.ts';
import { recordJson } from '../../dashboard/api/record-json.ts';
import { type Clock, systemClock } from '../record/clock.ts';
import type { StoredRecord } from '../record/log-record.ts';
import { pruneOnce } from '../retention/sweep.ts';
import { type LogStore, MAX_PAGE } from '../store/store.ts';
import type { RecordRequest, RecordSource, Removal } from './records.ts';

const PAGE = 500;

/** Following polls a storage, since nothing announces what others write into it. */
const POLL_MILLIS = 1000;
/** How far back each poll looks for records that arrive late or out of order. */
const POLL_OVERLAP = 60_000_000_000n;

/** Records of a storage, read directly. Closing closes the storage. */
export function storageRecords(store: LogStore, now: Clock = systemClock): RecordSource {
  return {
    async *search(request, limit) {
      for await (const record of pages(store, request, limit)) yield recordJson(record);
    },
    async *export(request: RecordRequest, format: ExportFormatName) {
      const { header, line } = EXPORT_FORMATS[format];
      if (header !== '') yield header;
      for await (const record of pages(store, request, Number.POSITIVE_INFINITY)) yield line(record);
    },
    async *follow(request: RecordRequest, signal: AbortSignal) {
      for await (const record of newRecords(store, request, signal, now)) yield recordJson(record);
    },
    async prune({ days, batchSize, dryRun }: Removal) {
      return (await pruneOnce({ store, days, batchSize, now, dryRun })).removed;
    },
    close: () => store.close(),
  };
}

async function* pages(store: LogStore, { filter }: RecordRequest, limit: number): AsyncGenerator<StoredRecord> {
  let rest = limit;
  let cursor: string | undefined;
  do {
    const page = await store.search({ ...filter, limit: Math.min(rest, PAGE), cursor });
    yield* page.records;
    rest -= page.records.length;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rest > 0);
}

/** Between two polls at most MAX_PAGE records are seen; a terminal shows no more anyway. */
async function* newRecords(
  store: LogStore,
  { filter }: RecordRequest,
  signal: AbortSignal,
  now: Clock,
): AsyncGenerator<StoredRecord> {
  let seen = new Set((await recent(store, filter, now)).map(({ id }) => id));
  while (await pause(signal)) {
    const records = await recent(store, filter, now);
    for (const record of records.toReversed()) if (!seen.has(record.id)) yield record;
    seen = new Set(records.map(({ id }) => id));
  }
}

async function recent(store: LogStore, filter: RecordRequest['filter'], now: Clock): Promise<readonly StoredRecord[]> {
  const overlap = now() - POLL_OVERLAP;
  const from = filter.from !== undefined && filter.from > overlap ? filter.from : overlap;
  return (await store.search({ ...filter, from, limit: MAX_PAGE })).records;
}

/** False when the signal aborted meanwhile. */
async function pause(signal: AbortSignal): Promise<boolean> {
  await sleep(POLL_MILLIS, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}
