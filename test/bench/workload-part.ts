/** A thread of `workload.ts`: generates a span of the traffic and writes its requests into a file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { ERROR_FROM } from '../../receiver/record/severity.ts';
import { encodeRequest } from './encode.ts';

export interface PartOrder {
  readonly path: string;
  readonly seed: number;
  /** Nanoseconds since the Unix epoch. */
  readonly from: bigint;
  readonly to: bigint;
  readonly recordsPerDay: number;
  /** Every so many records one says `rareText`. */
  readonly rareEvery: number;
  readonly rareText: string;
  /** Every so many records' bodies are kept. */
  readonly sampleEvery: number;
}

export interface Part {
  readonly records: number;
  /** Lengths of the requests, which lie in the file one after another. */
  readonly lengths: readonly number[];
  readonly bodies: readonly string[];
  readonly errors: readonly { readonly service: string; readonly logger: string; readonly count: number }[];
  /** A record near the part's end that has a trace and a client's address. */
  readonly known: { readonly traceId: string; readonly spanId: string; readonly clientAddress: string };
}

const RECORDS_PER_REQUEST = 512;

parentPort!.postMessage(makePart(workerData as PartOrder));

function makePart(order: PartOrder): Part {
  const file = openSync(order.path, 'w');
  const lengths: number[] = [];
  const bodies: string[] = [];
  const errors = new Map<string, { service: string; logger: string; count: number }>();
  let known = { traceId: '', spanId: '', clientAddress: '' };
  let records = 0;
  let request: LogRecord[] = [];
  const flush = () => {
    const bytes = encodeRequest(request);
    writeSync(file, bytes);
    lengths.push(bytes.length);
    request = [];
  };
  for (const generated of generateTraffic(order)) {
    const isRare = records % order.rareEvery === order.rareEvery - 1;
    const record = isRare ? { ...generated, body: `${generated.body} ${order.rareText}` } : generated;
    if (records % order.sampleEvery === 0) bodies.push(String(record.body));
    records++;
    const { service, logger, traceId, spanId } = record;
    if (record.severityNumber >= ERROR_FROM) {
      const key = `${service}\n${logger}`;
      const count = errors.get(key) ?? { service, logger, count: 0 };
      count.count++;
      errors.set(key, count);
    }
    const clientAddress = record.attributes.get('client.address');
    if (traceId && clientAddress) known = { traceId, spanId, clientAddress: String(clientAddress) };
    request.push(record);
    if (request.length === RECORDS_PER_REQUEST) flush();
  }
  if (request.length > 0) flush();
  closeSync(file);
  return { records, lengths, bodies, errors: [...errors.values()], known };
}
