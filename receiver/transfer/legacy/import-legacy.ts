import type { LogRecord } from '../../record/log-record.ts';
import { toOtlpJsonRequest } from '../../record/otlp-json-line.ts';
import { recordSize } from '../../record/record-size.ts';
import type { ImportReport } from '../import-files.ts';
import type { ImportTarget, Sent } from '../import-target.ts';
import { logRecordOf } from './legacy-record.ts';
import type { LegacySource } from './legacy-source.ts';

/** Records of one request. */
const RECORDS_PER_REQUEST = 500;
/** Bytes, about, after which a request is sent, whatever the number of its records. */
const REQUEST_SIZE = 1024 * 1024;

/** What an import of another package's records tells beyond what any import does. */
export interface LegacyImportReport extends ImportReport {
  /** Time of the oldest record, in nanoseconds since the Unix epoch; null before there was one. */
  oldest: bigint | null;
}

/**
 * Sends a source's records as those of a service, one request after the other. What can't be taken over is told and
 * counted; the rest goes on. Rejects when the target or the source is gone.
 */
export async function importLegacy(
  source: LegacySource,
  service: string,
  target: ImportTarget,
  report: LegacyImportReport,
): Promise<void> {
  let waiting: LogRecord[] = [];
  let size = 0;
  const send = async () => {
    const records = waiting;
    waiting = [];
    size = 0;
    if (records.length === 0) return;
    for await (const { rejected, reason } of sendInParts(records, target)) {
      report.records -= rejected;
      if (rejected > 0) addFaults(report, rejected, `${rejected} records refused: ${reason}`);
    }
    report.records += records.length;
  };
  const onRead = (amount: number) => {
    report.bytes += amount;
  };
  for await (const item of source.read(onRead)) {
    if ('fault' in item) {
      addFaults(report, 1, item.fault);
      continue;
    }
    if (report.oldest === null || item.timestamp < report.oldest) report.oldest = item.timestamp;
    const record = logRecordOf(item, service);
    waiting.push(record);
    size += recordSize(record);
    if (waiting.length === RECORDS_PER_REQUEST || size > REQUEST_SIZE) await send();
  }
  await send();
}

/** What is refused as a whole, as too large perhaps, goes again in halves: no record is lost for its neighbours' sake. */
async function* sendInParts(
  records: readonly LogRecord[],
  target: ImportTarget,
): AsyncGenerator<Sent & { readonly rejected: number }> {
  const { rejected, reason } = await target.send(Buffer.from(toOtlpJsonRequest(records)));
  if (rejected !== 'all') return yield { rejected, reason };
  if (records.length === 1) return yield { rejected: 1, reason };
  const middle = Math.ceil(records.length / 2);
  for (const half of [records.slice(0, middle), records.slice(middle)]) yield* sendInParts(half, target);
}

function addFaults(report: ImportReport, count: number, message: string): void {
  report.faults += count;
  report.onFault(message);
}
