import { expect } from 'vitest';
import { type Field, fieldEquals, MATCH_ALL, type Query } from '../../../receiver/query/tree.ts';
import { DAY, errorRecord, HOUR, logRecord, MINUTE, NOON, warningRecord } from '../../helpers/records.ts';
import { append, countByLevel, type OpenStore, searchAll, storeTests } from './harness.ts';

const attribute = (key: string): Field => ({ kind: 'attribute', key });

/** Counts over time and the most frequent values of a field, always those of the records a search would find. */
export function summaryContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P30 a histogram counts by bucket and level what a search finds', async ({ store }) => {
    const records = Array.from({ length: 200 }, (_, index) =>
      logRecord({
        timestamp: NOON + BigInt(index) * 11n * MINUTE + BigInt(index % 3),
        severityNumber: index % 25,
        body: index % 4 ? 'tick' : 'tock',
      }),
    );
    await append(store, records);
    const boundaries = [NOON, NOON + 7n * MINUTE, NOON + HOUR, NOON + HOUR + 1n, NOON + DAY, NOON + 3n * DAY];
    const all = await store.histogram({ query: MATCH_ALL, boundaries });
    expect(all).toEqual({ counts: countByLevel(records, boundaries), complete: true });
    const query: Query = { type: 'text', text: 'TOCK' };
    const some = await store.histogram({ query, boundaries });
    const found = await searchAll(store, { query, from: boundaries[0]!, to: boundaries.at(-1)! });
    expect(some.counts).toEqual(countByLevel(found, boundaries));
    expect(found.length).toBeGreaterThan(10);
  });

  test('P17 P30 a bucket is [from, to), and what lies outside all of them is not counted', async ({ store }) => {
    await append(
      store,
      [-1n, 0n, 1n, 2n, 3n].map((offset) => errorRecord({ timestamp: NOON + offset })),
    );
    const { counts } = await store.histogram({ query: MATCH_ALL, boundaries: [NOON, NOON + 1n, NOON + 3n] });
    expect(counts).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0]);
  });

  test('a histogram of nothing is all zeroes', async ({ store }) => {
    const empty = { counts: new Array(14).fill(0), complete: true };
    const boundaries = [NOON, NOON + HOUR, NOON + DAY];
    expect(await store.histogram({ query: MATCH_ALL, boundaries })).toEqual(empty);
    await append(store, [logRecord()]);
    expect(await store.histogram({ query: { type: 'text', text: 'nowhere' }, boundaries })).toEqual(empty);
  });

  test('facets are the most frequent values, then in the order of the values', async ({ store }) => {
    const regions = ['eu', 'us', 'eu', 'ap', 'EU', '', 'us', 'eu'];
    await append(store, [
      ...regions.map((region) => logRecord({ attributes: { region } })),
      logRecord({ resource: { attributes: { region: 'resource' } } }),
      logRecord({ body: 'region' }),
    ]);
    const request = { fields: [attribute('region')], query: MATCH_ALL };
    const [facets] = await store.facets({ ...request, limit: 10 });
    expect(facets).toEqual({
      values: [
        { value: 'eu', count: 3 },
        { value: 'us', count: 2 },
        { value: '', count: 1 },
        { value: 'EU', count: 1 },
        { value: 'ap', count: 1 },
      ],
      complete: true,
    });
    const [two] = await store.facets({ ...request, limit: 2 });
    expect(two?.values.map(({ value }) => value)).toEqual(['eu', 'us']);
    const field: Field = { kind: 'resource', key: 'region' };
    expect((await store.facets({ query: MATCH_ALL, fields: [field], limit: 5 }))[0]?.values).toEqual([
      { value: 'resource', count: 1 },
    ]);
  });

  test('facets of several fields are those of each, in their order', async ({ store }) => {
    await append(store, [
      errorRecord({ attributes: { region: 'eu' } }),
      errorRecord({ attributes: { region: 'eu' }, logger: 'shop.pay' }),
      warningRecord({ attributes: { region: 'us' }, service: 'billing', timestamp: NOON + HOUR }),
    ]);
    const fields: Field[] = [
      attribute('region'),
      { kind: 'named', name: 'service' },
      attribute('nowhere'),
      { kind: 'named', name: 'logger' },
      { kind: 'named', name: 'level' },
      attribute('region'),
    ];
    for (const query of [MATCH_ALL, fieldEquals('level', 'error'), fieldEquals('service', 'shop')]) {
      const together = await store.facets({ fields, query, limit: 10 });
      const alone = await Promise.all(fields.map((field) => store.facets({ fields: [field], query, limit: 10 })));
      expect(together).toEqual(alone.flat());
    }
    const together = await store.facets({ fields, query: { type: 'text', text: 'REFUSED' }, limit: 10 });
    expect(together.map(({ values }) => values)).toEqual([
      [{ value: 'eu', count: 2 }],
      [{ value: 'shop', count: 2 }],
      [],
      [
        { value: 'shop.cart', count: 1 },
        { value: 'shop.pay', count: 1 },
      ],
      [{ value: 'ERROR', count: 2 }],
      [{ value: 'eu', count: 2 }],
    ]);
    expect(await store.facets({ fields: [], query: MATCH_ALL, limit: 10 })).toEqual([]);
  });

  test('facets count within the query and the range', async ({ store }) => {
    await append(store, [
      errorRecord({ timestamp: NOON, attributes: { code: 500n } }),
      errorRecord({ timestamp: NOON + HOUR, attributes: { code: 500n } }),
      errorRecord({ timestamp: NOON + HOUR - 1n, attributes: { code: 502n } }),
      warningRecord({ timestamp: NOON, attributes: { code: 404n } }),
    ]);
    const [facets] = await store.facets({
      fields: [attribute('code')],
      query: fieldEquals('level', 'error'),
      from: NOON,
      to: NOON + HOUR,
      limit: 10,
    });
    expect(facets?.values).toEqual([
      { value: '500', count: 1 },
      { value: '502', count: 1 },
    ]);
  });

  test('P6 O44 facets write values as a query does: numbers, truth, bytes, elements of arrays, levels', async ({
    store,
  }) => {
    await append(store, [
      logRecord({ attributes: { k: 1n } }),
      logRecord({ attributes: { k: 1 } }),
      logRecord({ attributes: { k: '1' } }),
      logRecord({ attributes: { k: true } }),
      logRecord({ attributes: { k: [true, 'x', 'x', null] } }),
      logRecord({ attributes: { k: new Uint8Array([1, 2, 3]) } }),
      logRecord({ attributes: { k: null } }),
      logRecord({ severityNumber: 10, severityText: 'AUDIT' }),
      logRecord({ severityNumber: 0 }),
    ]);
    const level: Field = { kind: 'named', name: 'level' };
    const [ofKey, ofLevel] = await store.facets({ fields: [attribute('k'), level], query: MATCH_ALL, limit: 10 });
    expect(ofKey?.values).toEqual([
      { value: '1', count: 3 },
      { value: 'true', count: 2 },
      { value: 'AQID', count: 1 },
      { value: 'x', count: 1 },
    ]);
    expect(ofLevel?.values).toEqual([
      { value: 'INFO', count: 7 },
      { value: 'AUDIT', count: 1 },
      { value: 'UNSPECIFIED', count: 1 },
    ]);
  });

  test('summaries whose signal has aborted reject with its reason', async ({ store }) => {
    await append(store, [logRecord()]);
    const reason = new Error('the client is gone');
    const signal = AbortSignal.abort(reason);
    const boundaries = [NOON, NOON + HOUR];
    await expect(store.histogram({ query: MATCH_ALL, boundaries, signal })).rejects.toBe(reason);
    await expect(store.facets({ query: MATCH_ALL, fields: [attribute('k')], limit: 5, signal })).rejects.toBe(reason);
    await expect(store.cards({ boundaries, recentFrom: NOON, signal })).rejects.toBe(reason);
  });
}
