import { expect } from 'vitest';
import type { AnyValue } from '../../../receiver/record/any-value.ts';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import { at, logRecord } from '../../helpers/records.ts';
import { append, type OpenedStore, type OpenStore, storeTests } from './harness.ts';

const VALUES: Readonly<Record<string, AnyValue>> = {
  'no value': null,
  'empty text': '',
  'text of digits': '0',
  'text like JSON': '{"intValue":"5"}',
  'NUL and control characters': 'a\u0000b\u0001\t\r\n\u007f',
  'markup and quotes': `<script>alert("x")</script> 'or' 1=1; -- \\ \` $1 %s`,
  'characters of all lengths': 'naïve Σς ﬁ 日本 👩‍👩‍👧 \u{10ffff} \ufeff \u2028',
  false: false,
  true: true,
  'integer zero': 0n,
  'smallest integer': -(2n ** 63n),
  'largest integer': 2n ** 63n - 1n,
  'integer beyond 2^53': 2n ** 53n + 1n,
  'double zero': 0,
  'negative zero': -0,
  'double that is whole': 5,
  fraction: 0.1,
  'largest double': Number.MAX_VALUE,
  'smallest double': Number.MIN_VALUE,
  'not a number': Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  'negative infinity': Number.NEGATIVE_INFINITY,
  'no bytes': new Uint8Array(),
  'all bytes': Uint8Array.from({ length: 256 }, (_, byte) => byte),
  'empty array': [],
  'mixed array': [null, '', false, 0n, 0, new Uint8Array([0]), [], new Map(), ['x', [1n]]],
  'empty map': new Map(),
  'map in map': new Map<string, AnyValue>([
    ['', new Map<string, AnyValue>([['__proto__', new Map([['constructor', 1n]])]])],
    ['list', [new Map<string, AnyValue>([['a.b', 1.5]])]],
  ]),
};

/** What goes in comes out: every field, every kind of value, exactly. */
export function roundTripContract(open: OpenStore): void {
  const test = storeTests(open);

  test('O42 times are exact to the nanosecond', async (opened) => {
    await expectRoundTrip(opened, [
      logRecord({
        timestamp: at('2026-11-20T10:00:00.123456789Z'),
        observedTimestamp: at('2026-11-20T10:00:00.123456788Z'),
      }),
      logRecord({ timestamp: 1n, observedTimestamp: 2n ** 63n - 1n }),
      logRecord({ timestamp: 9_007_199_254_740_993n, observedTimestamp: 1n }),
    ]);
  });

  test('O44 every kind of value survives as a body, and stays distinct', async (opened) => {
    await expectRoundTrip(
      opened,
      Object.values(VALUES).map((body) => logRecord({ body })),
    );
  });

  test('O44 every kind of value survives as an attribute of record, resource and scope', async (opened) => {
    const attributes = VALUES;
    await expectRoundTrip(opened, [logRecord({ attributes, resource: { attributes }, scope: { attributes } })]);
  });

  test('O44 bytes come back as bytes, not as a view with methods of its own', async ({ store }) => {
    const [id] = await append(store, [
      logRecord({ body: new Uint8Array([1, 2]), attributes: { b: new Uint8Array([3]) } }),
    ]);
    const record = await store.get(id!);
    expect(record?.body).toBeInstanceOf(Uint8Array);
    expect([...(record?.body as Uint8Array)]).toEqual([1, 2]);
    expect([...(record?.attributes.get('b') as Uint8Array)]).toEqual([3]);
  });

  test('O50 __proto__, constructor and keys that differ in case are ordinary keys', async (opened) => {
    const attributes = new Map<string, AnyValue>([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
      ['hasOwnProperty', 1n],
      ['', 'empty'],
      ['Key', 'upper'],
      ['key', 'lower'],
      ['a.b/c-d@e "f" \'g\' \u0000 🔑', true],
    ]);
    await expectRoundTrip(opened, [
      logRecord({ attributes, resource: { attributes }, scope: { attributes } }),
      logRecord({ body: attributes, service: '__proto__', logger: 'constructor' }),
    ]);
  });

  test('O48 resource, scope, schema URLs and dropped counts are kept', async (opened) => {
    await expectRoundTrip(opened, [
      logRecord({
        droppedAttributesCount: 4_294_967_295,
        resource: {
          attributes: { 'host.name': 'a' },
          droppedAttributesCount: 7,
          schemaUrl: 'https://opentelemetry.io/schemas/1.40.0',
        },
        scope: {
          name: 'lib',
          version: '1.2.3-β',
          attributes: { k: 'v' },
          droppedAttributesCount: 9,
          schemaUrl: 'urn:scope',
        },
      }),
      logRecord({ resource: { attributes: {} }, scope: { name: '', version: '' } }),
      logRecord({
        logger: 'from.an.attribute',
        scope: { name: '' },
        attributes: { 'logger.name': 'from.an.attribute' },
      }),
    ]);
  });

  test('O43 severities are kept as sent: 0, 24, 99, and texts of any kind', async (opened) => {
    await expectRoundTrip(opened, [
      ...[0, 1, 24, 25, 99, -1, 2_147_483_647].map((severityNumber) => logRecord({ severityNumber })),
      ...['AUDIT', 'Information', 'ERROR+4', 'error', '', ' '].map((severityText) => logRecord({ severityText })),
    ]);
  });

  test('O45 O46 O47 trace ids, flags and event names are kept', async (opened) => {
    await expectRoundTrip(opened, [
      logRecord({
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        flags: 255,
        eventName: 'event src/main.rs:50',
      }),
      logRecord({ traceId: 'ffffffffffffffffffffffffffffffff', spanId: '', flags: 0 }),
      logRecord({ traceId: '', spanId: '0000000000000001', flags: 3, eventName: 'logvitals.audit' }),
    ]);
  });

  test('P8 a body and an attribute of a million characters are kept whole', async (opened) => {
    const long = `${'0123456789'.repeat(100_000)} tail`;
    await expectRoundTrip(opened, [logRecord({ body: long, attributes: { long } })]);
  });

  test('a record with thousands of attributes is kept whole', async (opened) => {
    const attributes = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key.${index}`, BigInt(index)]));
    await expectRoundTrip(opened, [logRecord({ attributes })]);
  });
}

/** Read by id, read by search, and read again after a restart: always what was appended. */
async function expectRoundTrip({ store, reopen }: OpenedStore, records: readonly LogRecord[]): Promise<void> {
  const ids = await append(store, records);
  const expected = records.map((record, index) => ({ ...record, id: ids[index] }));
  const read = async (from: typeof store) => Promise.all(ids.map((id) => from.get(id)));
  expect(await read(store)).toEqual(expected);
  for (const record of expected) {
    const { timestamp } = record;
    const page = await store.search({
      query: { type: 'all' },
      from: timestamp,
      to: timestamp + 1n,
      limit: 1000,
    });
    expect(page.records.find(({ id }) => id === record.id)).toEqual(record);
  }
  expect(await read(await reopen())).toEqual(expected);
}
