import { expect } from 'vitest';
import { and, fieldEquals, MATCH_ALL, type Query } from '../../../receiver/query/tree.ts';
import { StoreError } from '../../../receiver/store/errors.ts';
import { DAY, errorRecord, HOUR, logRecord, MINUTE, NOON, warningRecord } from '../../helpers/records.ts';
import { append, type OpenStore, searchAll, searchBodies, storeTests } from './harness.ts';

const text = (words: string): Query => ({ type: 'text', text: words });

/** Which records a search finds, in which order, on which page. */
export function searchContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P30 level, range, logger and search combine, newest first', async ({ store }) => {
    await append(store, [
      errorRecord({ body: 'refused: too late', timestamp: NOON }),
      errorRecord({ body: 'refused: new', timestamp: NOON - 1n }),
      errorRecord({ body: 'refused: old', timestamp: NOON - HOUR }),
      errorRecord({ body: 'refused: too old', timestamp: NOON - HOUR - 1n }),
      errorRecord({ body: 'accepted', timestamp: NOON - MINUTE }),
      warningRecord({ body: 'refused: a warning', timestamp: NOON - MINUTE }),
      errorRecord({ body: 'refused: elsewhere', timestamp: NOON - MINUTE, logger: 'shop.pay' }),
      errorRecord({ body: 'refused: other service', timestamp: NOON - MINUTE, service: 'billing' }),
    ]);
    const query = and(
      fieldEquals('level', 'error'),
      fieldEquals('service', 'shop'),
      fieldEquals('logger', 'shop.cart'),
      text('REFUSED'),
    );
    expect(await searchBodies(store, { query, from: NOON - HOUR, to: NOON })).toEqual(['refused: new', 'refused: old']);
  });

  test('P17 from is inclusive and to exclusive, to the nanosecond; either may be open', async ({ store }) => {
    await append(
      store,
      [-1n, 0n, 1n, DAY].map((offset) => logRecord({ timestamp: NOON + offset, body: String(offset) })),
    );
    expect(await searchBodies(store, { from: NOON, to: NOON + 1n })).toEqual(['0']);
    expect(await searchBodies(store, { from: NOON })).toEqual([String(DAY), '1', '0']);
    expect(await searchBodies(store, { to: NOON + 1n })).toEqual(['0', '-1']);
    expect(await searchBodies(store, { from: NOON + 2n, to: NOON + DAY })).toEqual([]);
    expect(await searchBodies(store, { from: NOON, to: NOON })).toEqual([]);
    expect(await searchBodies(store, { from: NOON + 1n, to: NOON })).toEqual([]);
  });

  test('P32 an empty result is one empty page', async ({ store }) => {
    const nothing = { records: [], next: null, complete: true };
    expect(await store.search({ query: MATCH_ALL, limit: 50 })).toEqual(nothing);
    await append(store, [logRecord()]);
    expect(await store.search({ query: text('no such words'), limit: 50 })).toEqual(nothing);
    expect(await store.search({ query: MATCH_ALL, limit: 50, offset: 100 })).toEqual(nothing);
  });

  test('P30 P32 pages follow each other without a gap or a repeat, in both orders', async ({ store }) => {
    const records = Array.from({ length: 25 }, (_, index) =>
      logRecord({ timestamp: NOON + BigInt(index >> 1) * DAY, body: `line ${index}` }),
    );
    await append(store, records);
    const oldestFirst = records.map((record) => record.body);
    for (const limit of [1, 2, 5, 7, 24, 25, 26, 1000]) {
      expect(await searchBodies(store, { limit, order: 'oldest' })).toEqual(oldestFirst);
      expect(await searchBodies(store, { limit, order: 'newest' })).toEqual(oldestFirst.toReversed());
      expect(await searchBodies(store, { limit })).toEqual(oldestFirst.toReversed());
    }
  });

  test('P32 a page that ends with the last match says that nothing follows', async ({ store }) => {
    await append(store, [logRecord({ body: 'a b' }), logRecord({ body: 'a c' }), logRecord({ body: 'd' })]);
    const page = await store.search({ query: text('a'), limit: 2 });
    expect(page.records).toHaveLength(2);
    expect(page.next).toBeNull();
  });

  test('P32 offset passes over matches, after the cursor too', async ({ store }) => {
    await append(
      store,
      Array.from({ length: 12 }, (_, index) =>
        logRecord({ timestamp: NOON + BigInt(index) * HOUR, body: `${index % 2 ? 'odd' : 'even'} ${index}` }),
      ),
    );
    const query = text('even');
    const page = await store.search({ query, limit: 2, offset: 1 });
    expect(page.records.map((record) => record.body)).toEqual(['even 8', 'even 6']);
    const next = await store.search({ query, limit: 2, offset: 1, cursor: page.next! });
    expect(next.records.map((record) => record.body)).toEqual(['even 2', 'even 0']);
    expect(next.next).toBeNull();
    const oldest = await store.search({ query, limit: 2, offset: 3, order: 'oldest' });
    expect(oldest.records.map((record) => record.body)).toEqual(['even 6', 'even 8']);
  });

  test('records of one time keep the order in which they arrived, and page', async ({ store }) => {
    await append(store, [logRecord({ body: 'a' }), logRecord({ body: 'b' })]);
    await append(store, [logRecord({ body: 'c' })]);
    expect(await searchBodies(store, { limit: 1 })).toEqual(['c', 'b', 'a']);
    expect(await searchBodies(store, { limit: 1, order: 'oldest' })).toEqual(['a', 'b', 'c']);
  });

  test('a cursor stays where it is while new records arrive', async ({ store }) => {
    await append(
      store,
      [1, 2, 3, 4].map((index) => logRecord({ timestamp: NOON + BigInt(index), body: String(index) })),
    );
    const first = await store.search({ query: MATCH_ALL, limit: 2 });
    await append(store, [
      logRecord({ timestamp: NOON + DAY, body: 'newer' }),
      logRecord({ timestamp: NOON + 3n, body: 'between, on the first page' }),
      logRecord({ timestamp: NOON - DAY, body: 'older' }),
    ]);
    expect(first.records.map((record) => record.body)).toEqual(['4', '3']);
    const rest = await searchBodies(store, { limit: 1, cursor: first.next! });
    expect(rest).toEqual(['2', '1', 'older']);
  });

  test('a cursor is good after a restart, and for a page of another size', async ({ store, reopen }) => {
    await append(
      store,
      Array.from({ length: 9 }, (_, index) =>
        logRecord({ timestamp: NOON + BigInt(index) * DAY, body: String(index) }),
      ),
    );
    const first = await store.search({ query: MATCH_ALL, limit: 4, order: 'oldest' });
    const rest = await searchBodies(await reopen(), { limit: 3, order: 'oldest', cursor: first.next! });
    expect(rest).toEqual(['4', '5', '6', '7', '8']);
  });

  test('a cursor nobody gave out is answered with a page or refused, and harms nothing', async ({ store }) => {
    await append(store, [logRecord()]);
    for (const cursor of ['', 'abc', '-1', '9'.repeat(500), "'; drop table records; --", '%00', '🔑', '{"a":1}']) {
      const answer = await store.search({ query: MATCH_ALL, limit: 5, cursor }).catch((error: unknown) => error);
      if (answer instanceof Error) expect(answer).toBeInstanceOf(StoreError);
      else expect(answer).toMatchObject({ records: expect.any(Array) });
    }
    expect(await searchAll(store)).toHaveLength(1);
  });

  test('P6 a level of one’s own filters by its name, and stays an INFO', async ({ store }) => {
    await append(store, [
      logRecord({ severityNumber: 10, severityText: 'AUDIT', body: 'audited' }),
      logRecord({ severityNumber: 9, severityText: 'Information', body: 'informed' }),
      errorRecord({ body: 'failed' }),
    ]);
    expect(await searchBodies(store, { query: fieldEquals('level', 'AUDIT') })).toEqual(['audited']);
    expect(await searchBodies(store, { query: fieldEquals('level', 'audit') })).toEqual(['audited']);
    expect(await searchBodies(store, { query: fieldEquals('level', 'info') })).toEqual(['informed', 'audited']);
  });

  test('P4 a record without severity is found as UNSPECIFIED, and by no comparison of levels', async ({ store }) => {
    await append(store, [logRecord({ severityNumber: 0, body: 'bare' }), errorRecord({ body: 'failed' })]);
    expect(await searchBodies(store, { query: fieldEquals('level', 'unspecified') })).toEqual(['bare']);
    for (const op of ['<', '<=', '>', '>='] as const) {
      expect(await searchBodies(store, { query: { type: 'level', op, level: 'INFO' } })).not.toContain('bare');
    }
    expect(await searchBodies(store, { query: { type: 'level', op: '>=', level: 'WARN' } })).toEqual(['failed']);
  });

  test('O50 attributes are found by key and value, whatever the key', async ({ store }) => {
    const keys = ['__proto__', 'constructor', 'toString', 'a.b', 'a-b/c@d', 'Key', "'; --", '', 'k"q'];
    for (const key of keys) await append(store, [logRecord({ body: key, attributes: new Map([[key, 'v']]) })]);
    for (const key of keys) {
      const field = { kind: 'attribute', key } as const;
      expect(
        await searchBodies(store, { query: { type: 'field', field, test: { op: 'equals', value: 'v' } } }),
      ).toEqual([key]);
      expect(await searchBodies(store, { query: { type: 'field', field, test: { op: 'present' } } })).toEqual([key]);
    }
  });

  test('a search whose signal has aborted rejects with its reason', async ({ store }) => {
    await append(store, [logRecord()]);
    const reason = new Error('the client is gone');
    const signal = AbortSignal.abort(reason);
    await expect(store.search({ query: MATCH_ALL, limit: 5, signal })).rejects.toBe(reason);
    const live = new AbortController();
    expect((await store.search({ query: MATCH_ALL, limit: 5, signal: live.signal })).records).toHaveLength(1);
  });

  test('a search aborted under way ends with its page or with the reason, and the next one is answered', async ({
    store,
  }) => {
    await append(
      store,
      Array.from({ length: 2000 }, (_, index) => logRecord({ body: `line ${index}` })),
    );
    for (let round = 0; round < 5; round += 1) {
      const controller = new AbortController();
      const reason = new Error(`gone in round ${round}`);
      const outcome = store.search({ query: text('no such words'), limit: 5, signal: controller.signal });
      const settled = outcome.catch((error: unknown) => error);
      controller.abort(reason);
      expect([reason, { records: [], next: null, complete: true }]).toContainEqual(await settled);
    }
    expect(await searchBodies(store, { query: text('line 1999') })).toEqual(['line 1999']);
  });
}
