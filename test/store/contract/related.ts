import { expect } from 'vitest';
import { DAY, errorRecord, HOUR, logRecord, NOON } from '../../helpers/records.ts';
import { append, type OpenStore, storeTests } from './harness.ts';

const bodiesOf = (records: readonly { body: unknown }[] | undefined) => records?.map(({ body }) => body);

/** Records reached from another one: by id, as neighbours, by group and by trace; and the loggers known. */
export function relatedContract(open: OpenStore): void {
  const test = storeTests(open);

  test('an id that is unknown or malformed is no record', async ({ store }) => {
    const [id] = await append(store, [logRecord()]);
    const strange = ['', 'abc', '0', '-1', `${id}0`, id!.slice(0, -1), "' or 1=1 --", '🔑', '%00', 'x'.repeat(100_000)];
    for (const unknown of strange) {
      expect(await store.get(unknown)).toBeNull();
      expect(await store.context(unknown, 5, 5)).toBeNull();
    }
    expect(await store.get(id!)).not.toBeNull();
  });

  test('P41 context gives the neighbours in the same service and logger, in time order', async ({ store }) => {
    const times = [0n, HOUR, DAY, 2n * DAY, 40n * DAY, 41n * DAY];
    const ids = await append(
      store,
      times.map((offset, index) => logRecord({ timestamp: NOON + offset, body: `line ${index}` })),
    );
    await append(store, [
      errorRecord({ timestamp: NOON + DAY, logger: 'shop.pay', body: 'other logger' }),
      errorRecord({ timestamp: NOON + DAY, service: 'billing', body: 'other service' }),
    ]);
    const context = async (id: string, before: number, after: number) => {
      const found = await store.context(id, before, after);
      return [bodiesOf(found?.before), bodiesOf(found?.after)];
    };
    expect(await context(ids[2]!, 1, 2)).toEqual([['line 1'], ['line 3', 'line 4']]);
    expect(await context(ids[3]!, 10, 10)).toEqual([
      ['line 0', 'line 1', 'line 2'],
      ['line 4', 'line 5'],
    ]);
    expect(await context(ids[0]!, 3, 0)).toEqual([[], []]);
    expect(await context(ids[5]!, 2, 2)).toEqual([['line 3', 'line 4'], []]);
  });

  test('P41 context tells records of one time apart', async ({ store }) => {
    const ids = await append(
      store,
      ['a', 'b', 'c', 'd'].map((body) => logRecord({ body })),
    );
    const found = await store.context(ids[1]!, 5, 5);
    expect(bodiesOf(found?.before)).toEqual(['a']);
    expect(bodiesOf(found?.after)).toEqual(['c', 'd']);
  });

  test('P62 a group is its members in time order, of whatever logger, at most so many', async ({ store }) => {
    const member = (offset: bigint, body: string) =>
      logRecord({ timestamp: NOON + offset, body, logger: body, attributes: { 'logvitals.group.id': 'g-1' } });
    await append(store, [
      member(2n * DAY, 'last'),
      member(0n, 'first'),
      logRecord({ attributes: { 'logvitals.group.id': 'g-10' } }),
      logRecord({ body: 'g-1' }),
      member(HOUR, 'second'),
    ]);
    expect(bodiesOf(await store.group('g-1', 10))).toEqual(['first', 'second', 'last']);
    expect(bodiesOf(await store.group('g-1', 2))).toEqual(['first', 'second']);
    expect(await store.group('G-1', 10)).toEqual([]);
    expect(await store.group('', 10)).toEqual([]);
  });

  test('a trace is its records in time order, at most so many; no trace id is no trace', async ({ store }) => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await append(store, [
      logRecord({ traceId, timestamp: NOON + 2n * DAY, body: 'last', service: 'billing' }),
      logRecord({ traceId, timestamp: NOON, body: 'first' }),
      logRecord({ traceId: traceId.replace('0', '1'), body: 'other' }),
      logRecord({ body: 'untraced' }),
      logRecord({ traceId, timestamp: NOON + 1n, body: 'second' }),
    ]);
    expect(bodiesOf(await store.trace(traceId, 10))).toEqual(['first', 'second', 'last']);
    expect(bodiesOf(await store.trace(traceId, 1))).toEqual(['first']);
    expect(await store.trace('', 10)).toEqual([]);
    expect(await store.trace('not a trace', 10)).toEqual([]);
  });

  test('P10 loggers are known with the time of their newest record, after a restart too', async ({ store, reopen }) => {
    expect(await store.loggers()).toEqual([]);
    await append(store, [
      logRecord({ timestamp: NOON }),
      logRecord({ timestamp: NOON - DAY }),
      logRecord({ timestamp: NOON - DAY, service: 'billing', logger: 'ledger' }),
    ]);
    const known = [
      { service: 'billing', logger: 'ledger', lastSeen: NOON - DAY },
      { service: 'shop', logger: 'shop.cart', lastSeen: NOON },
    ];
    const sorted = async (from: typeof store) =>
      (await from.loggers()).toSorted((a, b) => (a.service < b.service ? -1 : 1));
    expect(await sorted(store)).toEqual(known);
    expect(await sorted(await reopen())).toEqual(known);
  });

  test('neighbours and members whose signal has aborted reject with its reason', async ({ store }) => {
    const [id] = await append(store, [logRecord()]);
    const reason = new Error('the client is gone');
    const signal = AbortSignal.abort(reason);
    await expect(store.context(id!, 5, 5, { signal })).rejects.toBe(reason);
    await expect(store.group('g-1', 5, { signal })).rejects.toBe(reason);
    await expect(store.trace('4bf92f3577b34da6a3ce929d0e0e4736', 5, { signal })).rejects.toBe(reason);
  });
}
