import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeInSlices, encodeRequests } from '../../../exporter/src/delivery/encode-requests.ts';

interface Request {
  readonly resourceLogs: readonly {
    readonly resource: object;
    readonly schemaUrl?: string;
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string };
      readonly schemaUrl?: string;
      readonly logRecords: readonly { readonly body: unknown; readonly attributes: readonly object[] }[];
    }[];
  }[];
}

/** Where loggers of a service emit to: the records wait for being encoded. */
function recorder(service = 'shop') {
  const records: ReadableLogRecord[] = [];
  const keep = { onEmit: (record: ReadableLogRecord) => void records.push(record) };
  const nothing = async () => {};
  const resource = resourceFromAttributes({ 'service.name': service });
  const provider = new LoggerProvider({ resource, processors: [{ ...keep, forceFlush: nothing, shutdown: nothing }] });
  return { records, provider, emit: (body: unknown) => provider.getLogger('payments').emit({ body: body as never }) };
}

const parsed = (request: Buffer | undefined) => JSON.parse(String(request)) as Request;
const recordsOf = (request: Buffer | undefined) =>
  parsed(request).resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
const bodyOf = async (body: unknown) => {
  const { records, emit } = recorder();
  emit(body);
  const { requests } = await encodeInSlices(records);
  return recordsOf(requests[0]?.request)[0]?.body;
};

test.each<[unknown, object]>([
  ['a "quoted" \\ line\n\u0007', { stringValue: 'a "quoted" \\ line\n\u0007' }],
  ['árvíztűrő 🙂', { stringValue: 'árvíztűrő 🙂' }],
  ['', { stringValue: '' }],
  [true, { boolValue: true }],
  [-17, { intValue: '-17' }],
  [2 ** 53, { doubleValue: 2 ** 53 }],
  [0.1, { doubleValue: 0.1 }],
  [Number.NaN, { doubleValue: 'NaN' }],
  [Number.NEGATIVE_INFINITY, { doubleValue: '-Infinity' }],
  [2n ** 63n - 1n, { intValue: '9223372036854775807' }],
  [2n ** 63n, { stringValue: '9223372036854775808' }],
  [null, {}],
  [undefined, {}],
  [Uint8Array.of(0, 255), { bytesValue: 'AP8=' }],
  [[], { arrayValue: { values: [] } }],
  [
    ['a', null, [1]],
    { arrayValue: { values: [{ stringValue: 'a' }, {}, { arrayValue: { values: [{ intValue: '1' }] } }] } },
  ],
  [{}, { kvlistValue: { values: [] } }],
  [
    { left: undefined, run() {}, 'a "b"': { c: 1.5 } },
    {
      kvlistValue: {
        values: [{ key: 'a "b"', value: { kvlistValue: { values: [{ key: 'c', value: { doubleValue: 1.5 } }] } } }],
      },
    },
  ],
])('O34 a value as OTLP JSON: %o', async (value, expected) => {
  expect(await bodyOf(value)).toEqual(expected);
});

test('O34 any text, halves of surrogate pairs included, comes out as it went in', async () => {
  const text = fc.array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff })));
  await fc.assert(
    fc.asyncProperty(text, async (units) => {
      const value = String.fromCharCode(...units);
      expect(await bodyOf({ [value]: value })).toEqual({
        kvlistValue: { values: [{ key: value, value: { stringValue: value } }] },
      });
    }),
  );
});

test('P39 records of one resource and scope stand together, in order, whatever order they came in', async () => {
  const shop = recorder();
  const bank = recorder('bank');
  const records: ReadableLogRecord[] = [];
  for (const [from, logger, body] of [
    [shop, 'payments', 1],
    [bank, 'payments', 2],
    [shop, 'orders', 3],
    [shop, 'payments', 4],
    [shop, 'payments', 5],
    [bank, 'payments', 6],
  ] as const) {
    from.provider.getLogger(logger, '1.2', { schemaUrl: 'https://schema' }).emit({ body });
    records.push(from.records.at(-1)!);
  }
  const { requests } = await encodeInSlices(records);
  expect(requests).toHaveLength(1);
  const seen = parsed(requests[0]?.request).resourceLogs.map(({ scopeLogs }) =>
    scopeLogs.map(({ scope, schemaUrl, logRecords }) => [scope, schemaUrl, logRecords.map(({ body }) => body)]),
  );
  const [payments, orders] = ['payments', 'orders'].map((name) => ({ name, version: '1.2' }));
  const values = (...numbers: number[]) => numbers.map((number) => ({ intValue: String(number) }));
  expect(seen).toEqual([
    [
      [payments, 'https://schema', values(1, 4, 5)],
      [orders, 'https://schema', values(3)],
    ],
    [[payments, 'https://schema', values(2, 6)]],
  ]);
});

test('P39 requests end before they are too long; a longer record is a request of its own', () => {
  const { records, emit } = recorder();
  for (const length of [400, 400, 400, 5_000, 400]) emit('x'.repeat(length));
  const { requests } = encodeRequests(records, 1_500);
  expect(requests.map(({ count }) => count)).toEqual([2, 1, 1, 1]);
  expect(requests.map(({ request }) => recordsOf(request).length)).toEqual([2, 1, 1, 1]);
});

test('P39 a record that throws while it is written leaves no trace in the request', async () => {
  const { records, emit } = recorder();
  const halfway = {
    good: 'so far',
    get bad(): never {
      throw new Error('keep out');
    },
  };
  for (const body of ['before', halfway, 'after', halfway]) emit(body);
  const { requests, unserialisable, reason } = await encodeInSlices(records);
  expect({ unserialisable, reason }).toEqual({ unserialisable: 2, reason: 'keep out' });
  expect(recordsOf(requests[0]?.request).map(({ body }) => body)).toEqual([
    { stringValue: 'before' },
    { stringValue: 'after' },
  ]);
});

test('P39 values that lead in branching circles end', async () => {
  const circular: Record<string, unknown> = {};
  Object.assign(circular, { left: circular, right: circular, both: [circular, circular] });
  const { records, emit } = recorder();
  emit(circular);
  emit('after');
  const { requests } = await encodeInSlices(records);
  expect(requests.reduce((sum, { request }) => sum + request.length, 0)).toBeLessThan(20_000_000);
  expect(recordsOf(requests[0]?.request)[1]?.body).toEqual({ stringValue: 'after' });
});

test('P39 a batch is encoded a little at a time: the event loop turns meanwhile', async () => {
  const { records, provider } = recorder();
  const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`name.${index}`, 'x'.repeat(50)]));
  for (let index = 0; index < 512; index++) provider.getLogger('payments').emit({ body: 'paid', attributes });
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const { requests } = await encodeInSlices(records);
  isOver = true;
  expect(requests.map(({ count }) => count)).toEqual([512]);
  // About one for each 128 KiB.
  expect(turns).toBeGreaterThanOrEqual(Math.floor(requests[0]!.request.length / (128 * 1024)));
});

test('P39 two batches that are encoded at once do not mix', async () => {
  const expected = [0, 1].map((batch) =>
    Array.from({ length: 900 }, (_, index) => `${batch} ${index} ${'x'.repeat(400)}`),
  );
  const encoded = await Promise.all(
    expected.map((bodies) => {
      const { records, emit } = recorder();
      for (const body of bodies) emit(body);
      return encodeInSlices(records);
    }),
  );
  const seen = encoded.map(({ requests }) =>
    recordsOf(requests[0]?.request).map(({ body }) => (body as { stringValue: string }).stringValue),
  );
  expect(seen).toEqual(expected);
});
