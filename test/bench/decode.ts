/**
 * Decoding, in microseconds a record: our readers beside protobufjs and JSON.parse on the same requests of 512 records.
 * Ratios matter more than the figures, which differ from machine to machine. `node test/bench/decode.ts`
 */

import { runAtOnce } from '../../receiver/otlp/decode/drive.ts';
import { decodeJson } from '../../receiver/otlp/decode/json/decode-json.ts';
import { decodeProtobuf } from '../../receiver/otlp/decode/protobuf/decode-protobuf.ts';
import { readRequest } from '../../receiver/otlp/read-request.ts';
import { ExportRequest } from '../otlp/definitions.ts';

const RECORDS = 512;
const REQUESTS = 20;
const LIMITS = { valueBytes: 1 << 20, recordWeight: 4 << 20, requestWeight: 512 << 20 };

const text = (value: string) => ({ stringValue: value });

/** Ids are base64 in protobufjs' JSON form and hex in OTLP's. */
function realisticRequest(seed: number, idEncoding: 'base64' | 'hex'): object {
  const logRecords = Array.from({ length: RECORDS }, (_, index) => {
    const id = (seed * RECORDS + index).toString(16);
    return {
      timeUnixNano: String(1_700_000_000_000_000_000n + BigInt(seed * RECORDS + index)),
      observedTimeUnixNano: String(1_700_000_000_000_000_500n + BigInt(index)),
      severityNumber: 9,
      severityText: 'INFO',
      body: text(`order ${id} confirmed for customer ${index % 97} after ${index % 13} attempts`),
      attributes: [
        { key: 'http.request.method', value: text('POST') },
        { key: 'http.route', value: text('/api/orders/{id}') },
        { key: 'http.response.status_code', value: { intValue: 200 + (index % 5) } },
        { key: 'user.id', value: text(`u-${index % 997}`) },
        { key: 'order.total', value: { doubleValue: index / 7 } },
        { key: 'thread.name', value: text('worker-3') },
        { key: 'cache.hit', value: { boolValue: index % 2 === 0 } },
      ],
      flags: 1,
      traceId: Buffer.from(id.padStart(32, 'a'), 'hex').toString(idEncoding),
      spanId: Buffer.from(id.padStart(16, 'b'), 'hex').toString(idEncoding),
    };
  });
  const attributes = [{ key: 'service.name', value: text('orders') }];
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope: { name: 'orders.api' }, logRecords }] }] };
}

const messages = Array.from({ length: REQUESTS }, (_, seed) =>
  ExportRequest.fromObject(realisticRequest(seed, 'base64')),
);
const protobuf = messages.map((message) => Buffer.from(ExportRequest.encode(message).finish()));
const json = messages.map((_, seed) => Buffer.from(JSON.stringify(realisticRequest(seed, 'hex'))));

function measure(name: string, run: (index: number) => unknown, reference?: number): number {
  for (let round = 0; round < 10; round++) for (let index = 0; index < REQUESTS; index++) run(index);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    const start = performance.now();
    for (let index = 0; index < REQUESTS; index++) run(index);
    best = Math.min(best, ((performance.now() - start) * 1000) / (REQUESTS * RECORDS));
  }
  const ratio = reference === undefined ? '' : `  ${(best / reference).toFixed(2)}× of ours`;
  console.log(`${name.padEnd(42)}${best.toFixed(2).padStart(8)} µs/record${ratio}`);
  return best;
}

console.log(
  `protobuf ${Math.round(protobuf[0]!.length / RECORDS)} B/record, JSON ${Math.round(json[0]!.length / RECORDS)}`,
);
const ours = measure('protobuf, ours', (index) => runAtOnce(decodeProtobuf(protobuf[index]!, LIMITS)));
measure('protobuf, protobufjs', (index) => ExportRequest.decode(protobuf[index]!), ours);
measure('protobuf, ours, normalized and digested', (index) =>
  runAtOnce(readRequest(protobuf[index]!, 'protobuf', LIMITS, 1n)),
);
const oursJson = measure('JSON, ours', (index) => runAtOnce(decodeJson(json[index]!, LIMITS)));
measure('JSON, JSON.parse (numbers rounded)', (index) => JSON.parse(json[index]!.toString()), oursJson);
