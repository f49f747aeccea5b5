import { expect } from 'vitest';
import { at, batch, DAY, errorRecord, HOUR, idsOf, logRecord, MINUTE, NOON } from '../../helpers/records.ts';
import { append, cardsOf, type OpenStore, searchAll, searchBodies, storeTests } from './harness.ts';

/** What `append` promises: everything kept, nothing twice, nothing mistaken for a repeat. */
export function appendContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P1 what is appended is given back as it was, each record under an id of its own', async ({ store }) => {
    const records = [logRecord({ body: 'one' }), errorRecord({ body: 'two', timestamp: NOON + 1n })];
    const ids = await append(store, records);
    expect(new Set(ids).size).toBe(2);
    expect(await store.get(ids[0]!)).toEqual({ ...records[0], id: ids[0] });
    expect(await store.get(ids[1]!)).toEqual({ ...records[1], id: ids[1] });
    expect(await searchAll(store)).toEqual([
      { ...records[1], id: ids[1] },
      { ...records[0], id: ids[0] },
    ]);
  });

  test('an append of nothing, and a batch of no records, are answered', async ({ store }) => {
    expect(await store.append([])).toEqual([]);
    expect(await store.append([batch([]), batch([], 'empty')])).toMatchObject([
      { duplicate: false, stored: 0 },
      { duplicate: false, stored: 0 },
    ]);
    expect(await searchAll(store)).toEqual([]);
  });

  test('P9 a batch sent again under its key is stored once', async ({ store }) => {
    const request = batch([logRecord(), errorRecord()], 'request-1');
    const [first] = await store.append([request]);
    expect(first?.duplicate).toBe(false);
    expect(await store.append([request])).toMatchObject([{ duplicate: true, stored: 0 }]);
    expect(await searchAll(store)).toHaveLength(2);
  });

  test('P9 a retry in the same append, and retries at the same time, are stored once', async ({ store }) => {
    const request = batch([logRecord()], 'request-1');
    const inOne = await store.append([request, batch([logRecord({ body: 'other' })], 'request-2'), request]);
    expect(inOne.map((appended) => appended.duplicate)).toEqual([false, false, true]);
    const late = batch([logRecord({ body: 'late' })], 'request-3');
    const atOnce = await Promise.all([store.append([late]), store.append([late]), store.append([late])]);
    expect(atOnce.flat().filter((appended) => !appended.duplicate)).toHaveLength(1);
    expect(await searchAll(store)).toHaveLength(3);
  });

  test('P9 a retry is recognised after a restart', async ({ store, reopen }) => {
    const uid = { 'log.record.uid': '01JD' };
    const request = batch([logRecord({ attributes: uid })], 'request-1');
    await store.append([request]);
    const reopened = await reopen();
    expect(await reopened.append([request])).toMatchObject([{ duplicate: true, stored: 0 }]);
    const [again] = await reopened.append([batch(request.records, 'request-2')]);
    expect(again).toMatchObject({ duplicate: false, stored: 0 });
    expect(again!.idOf(0)).toBe(null);
    expect(await searchAll(reopened)).toHaveLength(1);
  });

  test('P9 a retry changes no count', async ({ store }) => {
    const request = batch([errorRecord(), errorRecord()], 'request-1');
    await store.append([request]);
    await store.append([request]);
    const [card] = await cardsOf(store, { boundaries: [NOON - HOUR, NOON + HOUR], recentFrom: NOON - HOUR });
    expect(card?.counts.reduce((sum, count) => sum + count)).toBe(2);
    expect(card?.recent.ERROR).toBe(2);
  });

  test('P9 a record whose log.record.uid is held already is stored once, whatever batch it comes in', async ({
    store,
  }) => {
    const record = logRecord({ attributes: { 'log.record.uid': '01JD' } });
    const [first] = await store.append([batch([record, record, logRecord()])]);
    expect(first).toMatchObject({ duplicate: false, stored: 2 });
    expect(idsOf(first!, 3)).toEqual([expect.any(String), null, expect.any(String)]);
    const [second] = await store.append([batch([errorRecord({ body: 'new' }), record], 'retry')]);
    expect(second).toMatchObject({ duplicate: false, stored: 1 });
    expect(idsOf(second!, 2)).toEqual([expect.any(String), null]);
    expect(await searchAll(store)).toHaveLength(3);
  });

  test('P9 a uid means the same record only with the same service and time', async ({ store }) => {
    const attributes = { 'log.record.uid': '01JD' };
    await append(store, [
      logRecord({ attributes }),
      logRecord({ attributes, service: 'billing' }),
      logRecord({ attributes, timestamp: NOON + 1n }),
      logRecord({ attributes: { 'log.record.uid': '01JE' } }),
    ]);
    expect(await searchAll(store)).toHaveLength(4);
  });

  test('O55 an empty uid, or one that is no text, tells no records apart', async ({ store }) => {
    const empty = logRecord({ attributes: { 'log.record.uid': '' } });
    const number = logRecord({ attributes: { 'log.record.uid': 7n } });
    await append(store, [empty, empty, number, number]);
    expect(await searchAll(store)).toHaveLength(4);
  });

  test('O55 genuine repeats stay: in one batch, in batches without a key, in batches with keys of their own', async ({
    store,
  }) => {
    const record = errorRecord();
    await append(store, [record, record]);
    await append(store, [record]);
    await store.append([batch([record]), batch([record]), batch([record], 'a'), batch([record], 'b')]);
    await store.append([batch([record], 'c')]);
    expect(await searchAll(store)).toHaveLength(8);
  });

  test('ids compare as texts in the order of time, then of arrival, over appends and restarts', async ({
    store,
    reopen,
  }) => {
    const times = [NOON, NOON - DAY, NOON, NOON + 90n * DAY, NOON, at('1971-01-01T00:00:00Z'), NOON - 1n];
    const ids = await append(
      store,
      times.map((timestamp) => logRecord({ timestamp })),
    );
    const reopened = await reopen();
    const later = await append(reopened, [logRecord({ body: 'after' }), logRecord({ timestamp: NOON - DAY })]);
    expect(new Set([...ids, ...later]).size).toBe(9);
    const arrived = [...times, NOON, NOON - DAY].map((timestamp, arrival) => ({
      timestamp,
      id: [...ids, ...later][arrival]!,
    }));
    const byTime = arrived.toSorted((a, b) => Number(a.timestamp - b.timestamp)).map(({ id }) => id);
    const byId = arrived.map(({ id }) => id).sort();
    expect(byId).toEqual(byTime);
  });

  test('O42 records out of order, days apart and years apart are all kept and ordered by time', async ({ store }) => {
    const times = [
      NOON,
      1n,
      at('2100-02-28T23:59:59.999999999Z'),
      at('1970-01-02T00:00:00Z'),
      NOON - 3n * DAY,
      NOON + 1n,
      2n ** 63n - 1n,
      at('2026-12-31T23:59:59.999999999Z'),
      at('2027-01-01T00:00:00Z'),
    ];
    await append(
      store,
      times.map((timestamp) => logRecord({ timestamp })),
    );
    const ascending = times.toSorted((a, b) => (a < b ? -1 : 1));
    const found = async (order: 'newest' | 'oldest') =>
      (await searchAll(store, { order, limit: 2 })).map((record) => record.timestamp);
    expect(await found('oldest')).toEqual(ascending);
    expect(await found('newest')).toEqual(ascending.toReversed());
  });

  test('ten thousand records in one append are all there, once', async ({ store, reopen }) => {
    const records = Array.from({ length: 10_000 }, (_, index) =>
      logRecord({
        timestamp: NOON + BigInt(index) * MINUTE,
        severityNumber: 1 + (index % 24),
        service: `service-${index % 7}`,
        body: `line ${index}`,
      }),
    );
    await store.append([batch(records.slice(0, 4000), 'a'), batch(records.slice(4000), 'b')]);
    const expected = records.map((record) => record.body);
    expect(await searchBodies(store, { order: 'oldest' })).toEqual(expected);
    expect(await searchBodies(await reopen(), { order: 'oldest' })).toEqual(expected);
  });

  test('appends at the same time are all kept, every batch whole', async ({ store }) => {
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, writer) =>
        append(
          store,
          Array.from({ length: 50 }, (_, line) => logRecord({ body: `${writer}:${line}` })),
        ),
      ),
    );
    expect(new Set(appended.flat()).size).toBe(1000);
    const found = await searchAll(store);
    expect(new Set(found.map((record) => record.body)).size).toBe(1000);
    expect(new Set(found.map((record) => record.id))).toEqual(new Set(appended.flat()));
  });
}
