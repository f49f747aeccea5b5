import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { ERROR_FROM } from '../../receiver/record/severity.ts';
import { encodeRequest } from './encode.ts';

const RECORDS_PER_REQUEST = 512;
const DAYS = 30;
const DAY = 86_400_000_000_000n;
/** Every so many records one says something that no other does. */
const RARE_EVERY = 50_000;
export const RARE_TEXT = 'Flux-Capacitor underrun';

/** Requests ready to send, and what the queries ask about them. */
export interface Workload {
  readonly records: number;
  readonly requests: number;
  readonly bytes: number;
  readonly errorLogger: { readonly service: string; readonly logger: string };
  readonly attribute: { readonly key: string; readonly value: string };
  readonly traceId: string;
  /** All bodies, for the scan that queries are held against. */
  readonly bodies: readonly string[];
  request(index: number): Buffer;
  close(): void;
}

/** Generates 30 days of traffic up to now and keeps the requests in a file, so that sending costs the sender little. */
export function makeWorkload(records: number, path: string): Workload {
  const to = BigInt(Date.now()) * 1_000_000n;
  const traffic = generateTraffic({
    seed: 7,
    from: to - BigInt(DAYS) * DAY,
    to,
    recordsPerDay: Math.ceil((records / DAYS) * 1.05),
  });
  const file = openSync(path, 'w+');
  const starts: number[] = [0];
  const bodies: string[] = [];
  const errorsOf = new Map<string, { service: string; logger: string; count: number }>();
  let traceId = '';
  let user = '';
  let batch: LogRecord[] = [];
  const flush = () => {
    const bytes = encodeRequest(batch);
    writeSync(file, bytes);
    starts.push(starts.at(-1)! + bytes.length);
    batch = [];
  };
  for (const generated of traffic) {
    if (bodies.length === records) break;
    const record =
      bodies.length % RARE_EVERY === RARE_EVERY - 1
        ? { ...generated, body: `${generated.body} ${RARE_TEXT}` }
        : generated;
    bodies.push(String(record.body));
    if (record.severityNumber >= ERROR_FROM) {
      const key = `${record.service}\n${record.logger}`;
      const known = errorsOf.get(key) ?? { service: record.service, logger: record.logger, count: 0 };
      known.count++;
      errorsOf.set(key, known);
    }
    if (bodies.length * 2 > records && !traceId) traceId = record.traceId;
    if (bodies.length * 2 > records && !user) user = String(record.attributes.get('user.id') ?? '');
    batch.push(record);
    if (batch.length === RECORDS_PER_REQUEST) flush();
  }
  if (batch.length > 0) flush();
  const [errorLogger] = [...errorsOf.values()].sort((a, b) => b.count - a.count);
  return {
    records: bodies.length,
    requests: starts.length - 1,
    bytes: starts.at(-1)!,
    errorLogger: errorLogger!,
    attribute: { key: 'user.id', value: user },
    traceId,
    bodies,
    request(index) {
      const bytes = Buffer.allocUnsafe(starts[index + 1]! - starts[index]!);
      readSync(file, bytes, 0, bytes.length, starts[index]!);
      return bytes;
    },
    close: () => closeSync(file),
  };
}
