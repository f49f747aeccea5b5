/** What clients of other languages really send, recorded: each kind of value, each library's habits. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { RECEIVED_AT, startReceivers } from './support.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/clients');

/** The records of a recorded request, as they reach the queue after a delivery over HTTP. */
async function receive(file: string): Promise<LogRecord[]> {
  await using receivers = await startReceivers();
  const response = await fetch(receivers.logsUrl, {
    method: 'POST',
    headers: { 'content-type': file.endsWith('.json') ? 'application/json' : 'application/x-protobuf' },
    body: readFileSync(join(FIXTURES, file)),
  });
  expect(response.status).toBe(200);
  expect((await response.text()).replace('{}', '')).toBe('');
  return receivers.ingest.records;
}

function ofLogger(records: readonly LogRecord[], logger: string): LogRecord[] {
  return records.filter((record) => record.logger === logger);
}

/** Texts of a library's own levels, with the number it gives each. */
function severities(records: readonly LogRecord[]): [unknown, string, number][] {
  return records.map(({ body, severityText, severityNumber }) => [body, severityText, severityNumber]);
}

const EMITTED_AT = 1_763_700_000_123_456_789n;
const TRACE_ID = '0102030405060708090a0b0c0d0e0f10';
const SPAN_ID = '0102030405060708';
const BYTES = new Uint8Array([0, 1, 255]);
const INT64 = { most: 2n ** 63n - 1n, least: -(2n ** 63n) };

test('O42 O44 O47 O50 Python: each kind of value, its own keys, its levels and its exception', async () => {
  const records = await receive('python.binpb');
  expect(new Set(records.map(({ service }) => service))).toEqual(new Set(['python-app']));
  const raw = ofLogger(records, 'py.raw');
  expect(raw[0]).toMatchObject({
    timestamp: EMITTED_AT,
    observedTimestamp: EMITTED_AT + 5n,
    body: 'all attributes',
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    flags: 1,
    eventName: 'my.event',
    scope: { name: 'py.raw', version: '3.1', schemaUrl: 'https://opentelemetry.io/schemas/1.30.0' },
  });
  expect(raw[0]?.scope.attributes).toEqual(new Map([['scope.k', 'v']]));
  expect(raw[0]?.attributes).toEqual(
    new Map<string, unknown>([
      ['s', 'text'],
      ['empty', ''],
      ['i', 42n],
      ['big', INT64.most],
      ['neg', INT64.least],
      ['d', 0.1],
      ['b', true],
      ['f', false],
      ['list', [1n, 2n, 3n]],
      ['mixed', ['a', 1n, 2.5, null, true]],
      ['map', new Map([['x', new Map([['y', [1n]]])]])],
      ['bytes', BYTES],
      ['none', null],
      ['emoji', '😀 ünï'],
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['Case', 1n],
      ['case', 2n],
      ['emptylist', []],
      ['emptymap', new Map()],
    ]),
  );
  expect(raw.slice(1).map(({ body }) => body)).toEqual([
    new Map<string, unknown>([
      ['map', 'body'],
      ['n', [1n, new Uint8Array([1])]],
    ]),
    null,
    12345n,
    ['a', new Map([['b', 1n]])],
  ]);
  expect(raw.at(-1)).toMatchObject({ timestamp: EMITTED_AT + 4n, severityNumber: 10, severityText: 'AUDIT' });
  const standard = ofLogger(records, 'py.std.child');
  expect(severities(standard)).toEqual([
    ['dbg arg', 'DEBUG', 5],
    ['info', 'INFO', 9],
    ['warn', 'WARN', 13],
    ['err', 'ERROR', 17],
    ['crit', 'FATAL', 21],
    ['custom five', 'Level 5', 0],
    ['division failed', 'ERROR', 17],
  ]);
  const { attributes } = standard.at(-1)!;
  expect(attributes.get('exception.type')).toBe('ZeroDivisionError');
  expect(attributes.get('exception.stacktrace')).toMatch(/^Traceback .*\nZeroDivisionError: division by zero\n$/s);
});

test('O42 O44 O49 Java: the last of duplicate keys in a map body, NaN, a lone surrogate, a cause in the stack', async () => {
  const records = await receive('java.binpb');
  const [first, second] = ofLogger(records, 'java.raw');
  expect(first).toMatchObject({
    timestamp: EMITTED_AT,
    traceId: TRACE_ID,
    eventName: 'java.event',
    severityNumber: 18,
  });
  expect(first?.attributes).toEqual(
    new Map<string, unknown>([
      ['b', true],
      ['big', INT64.most],
      ['d', 0.1],
      ['la', [1n, 2n]],
      ['lone', 'a?b'],
      ['nan', Number.NaN],
      ['neg', INT64.least],
      ['s', 'text'],
    ]),
  );
  expect(second?.body).toEqual(
    new Map<string, unknown>([
      ['k', 'second'],
      ['bytes', BYTES],
    ]),
  );
  const shop = ofLogger(records, 'com.example.Shop');
  expect(severities(shop)).toEqual([
    ['trace', 'TRACE', 1],
    ['debug', 'DEBUG', 5],
    ['info 1', 'INFO', 9],
    ['warn', 'WARN', 13],
    ['failed', 'ERROR', 17],
  ]);
  expect(shop.at(-1)?.attributes.get('exception.stacktrace')).toContain('Caused by: java.lang.RuntimeException: inner');
  expect(shop.at(-1)?.attributes.get('code.lineno')).toBe(29n);
});

test.each(['go.binpb', 'collector.json'])('P1 O44 O48 Go: %s is the same records', async (file) => {
  const records = await receive(file);
  const [first, second, third] = ofLogger(records, 'go.raw');
  expect(first).toMatchObject({
    timestamp: EMITTED_AT,
    observedTimestamp: EMITTED_AT + 5n,
    traceId: TRACE_ID,
    flags: 1,
  });
  expect(first?.attributes).toEqual(
    new Map<string, unknown>([
      ['s', 'text'],
      ['big', INT64.most],
      ['neg', INT64.least],
      ['d', 0.1],
      ['b', true],
      ['bytes', BYTES],
      ['mixed', ['a', 1n, 2.5, true]],
      ['map', new Map([['x', new Map([['y', 1n]])]])],
      ['empty', null],
      ['dup', '2'],
    ]),
  );
  expect(second?.body).toEqual(
    new Map<string, unknown>([
      ['b', new Uint8Array([1])],
      ['k', 'v'],
    ]),
  );
  expect(third).toMatchObject({ body: null, severityNumber: 21, severityText: '' });
  expect(third?.attributes.get('exception.message')).toBe('boom');
  expect(severities(ofLogger(records, 'go.slog'))).toEqual([
    ['info', 'INFO', 9],
    ['warn', 'WARN', 13],
    ['err', 'ERROR', 17],
    ['error+4', 'ERROR+4', 21],
    ['dbg', 'DEBUG', 5],
  ]);
});

test('O34 O35 O49 Rust: printed with line breaks, integers as text, a null for NaN, a real duplicate, an empty key', async () => {
  const records = await receive('rust.json');
  const [first] = ofLogger(records, 'rust.raw');
  expect(first).toMatchObject({
    timestamp: EMITTED_AT,
    traceId: TRACE_ID,
    eventName: 'rust.event',
    severityNumber: 18,
  });
  expect(first?.attributes).toEqual(
    new Map<string, unknown>([
      ['s', 'text'],
      ['big', INT64.most],
      ['neg', INT64.least],
      ['d', 0.1],
      ['b', true],
      ['bytes', BYTES],
      ['list', ['a', 1n, 2.5]],
      ['nan', null],
      ['inf', null],
      ['dup', '2'],
      ['', 'emptykey'],
    ]),
  );
  const [event] = ofLogger(records, 'rustclient');
  expect(event).toMatchObject({ body: 'info 1', eventName: 'event src/main.rs:37', traceId: '' });
  expect(event?.timestamp).toBe(event?.observedTimestamp);
  expect(ofLogger(records, 'my::target')).toMatchObject([
    { body: 'warn', eventName: 'named.event', severityNumber: 13 },
  ]);
});

test.each([
  'collector-file-log.json',
  'collector-file-log.binpb',
])('O41 O43 the Collector reading a file, %s: only observed times, no level, no resource, no scope', async (file) => {
  const records = await receive(file);
  expect(records.map(({ body }) => body)).toEqual(['first line', 'bad \ufffd utf8 <b>', 'last 😀']);
  for (const record of records) {
    expect(record).toMatchObject({ service: 'unknown_service', logger: 'unknown_service', severityNumber: 0 });
    expect(record.timestamp).toBe(record.observedTimestamp);
    expect(record.timestamp).toBeGreaterThan(RECEIVED_AT);
    expect(record.attributes).toEqual(new Map([['log.file.name', 'tiny.log']]));
  }
});
