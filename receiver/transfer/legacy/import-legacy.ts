import type { LogRecord } from '../../record/log-record.ts';
import { toOtlpJsonRequest } from '../../record/otlp-json-line.ts';
import type { ImportReport } from '../import-files.ts';
import type { ImportTarget } from '../import-target.ts';
import { logRecordOf } from './legacy-record.ts';
import type { LegacySource } from './legacy-source.ts';

/** Records of one request. */
const RECORDS_PER_REQUEST = 500;
/** Characters of messages after which a request is sent, whatever the number of its records. */
const REQUEST_LENGTH = 1024 * 1024;

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
  let length = 0;
  const send = async () => {
    const records = waiting;
    waiting = [];
    length = 0;
    if (records.length === 0) return;
    const { rejected, reason } = await target.send(Buffer.from(toOtlpJsonRequest(records)));
    const refused = rejected === 'all' ? records.length : rejected;
    report.records += records.length - refused;
    if (refused > 0) addFaults(report, refused, `${refused} records refused: ${reason}`);
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
    waiting.push(logRecordOf(item, service));
    length += item.body.length;
    if (waiting.length === RECORDS_PER_REQUEST || length > REQUEST_LENGTH) await send();
  }
  await send();
}

function addFaults(report: ImportReport, count: number, message: string): void {
  report.faults += count;
  report.onFault(message);
}
