import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runInSlices } from '../../receiver/otlp/decode/drive.ts';
import type { Encoding } from '../../receiver/otlp/encode.ts';
import { readRequest } from '../../receiver/otlp/read-request.ts';
import { ExportRequest, encode, exportRequest } from './definitions.ts';
import { field, integer, requestOf, text } from './wire-bytes.ts';

const LIMITS = { valueBytes: 1 << 20, recordWeight: 4 << 20, requestWeight: 512 << 20 };
const MEGABYTE = 1 << 20;
const SIZE = 4 * MEGABYTE;

const records = Array.from({ length: 20_000 }, (_, index) => ({
  timeUnixNano: String(index + 1),
  body: { stringValue: `record ${index} of many` },
  attributes: [{ key: 'index', value: { intValue: index } }],
}));
const fill = (pattern: Buffer) => Buffer.alloc(pattern.length * Math.floor(SIZE / pattern.length), pattern);

const SHAPES: [string, Encoding, Buffer][] = [
  ['many records', 'protobuf', encode(ExportRequest, exportRequest(...records))],
  ['many resources', 'protobuf', fill(field(1))],
  ['many scopes', 'protobuf', field(1, fill(field(2)))],
  [
    'many heavy records',
    'protobuf',
    requestOf(...Array.from({ length: 100 }, () => field(5, text(1, 'x'.repeat(40_000))))),
  ],
  ['unknown fields', 'protobuf', fill(integer(100, 0))],
  ['many records', 'json', Buffer.from(JSON.stringify(exportRequest(...records)))],
  ['many resources', 'json', Buffer.from(`{"resourceLogs":[${'{},'.repeat(SIZE / 3)}{}]}`)],
  ['many scopes', 'json', Buffer.from(`{"resourceLogs":[{"scopeLogs":[${'{},'.repeat(SIZE / 3)}{}]}]}`)],
  ['many bad records', 'json', Buffer.from(JSON.stringify(exportRequest(...Array.from({ length: 100_000 }, () => 0))))],
  [
    'one rejected record',
    'json',
    Buffer.from(JSON.stringify(exportRequest({ x: Array.from({ length: 500_000 }, () => 0) }))),
  ],
  ['an unknown field', 'json', Buffer.from(`{"x":[${'0,'.repeat(SIZE / 2)}0]}`)],
];

/** Time is not asserted; what is, is that no step covers more than a small part of the work. */
test.each(SHAPES)('a large body of %s (%s) is decoded in many steps', (_name, encoding, bytes) => {
  const steps = readRequest(bytes, encoding, LIMITS, 1n);
  let count = 0;
  while (!steps.next().done) count++;
  expect(count).toBeGreaterThanOrEqual(4 * (bytes.length / MEGABYTE));
});

test('others run while a large body is decoded', async () => {
  let turns = 0;
  let isDecoding = true;
  const others = (async () => {
    while (isDecoding) {
      await setImmediate();
      turns++;
    }
  })();
  await runInSlices(readRequest(encode(ExportRequest, exportRequest(...records, ...records)), 'protobuf', LIMITS, 1n));
  isDecoding = false;
  await others;
  expect(turns).toBeGreaterThan(1);
});
