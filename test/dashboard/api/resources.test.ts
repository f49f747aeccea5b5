import { describe, expect, test } from 'vitest';
import type { RecordJson } from '../../../dashboard/api/record-json.ts';
import type { AnyValue } from '../../../receiver/record/any-value.ts';
import type { Alert } from '../../../receiver/store/alert.ts';
import { at, errorRecord, HOUR, logRecord, MILLISECOND, MINUTE, SECOND, warningRecord } from '../../helpers/records.ts';
import { NOW, SETTINGS, startApi } from './api-server.ts';

interface Logs {
  readonly results: readonly RecordJson[];
  readonly next: string | null;
}

interface Cards {
  readonly range: string;
  readonly from: string;
  readonly to: string;
  readonly totals: Record<string, number>;
  readonly cards: readonly {
    readonly logger: string;
    readonly status: string;
    readonly lastSeen: string;
    readonly newestIssue: unknown;
    readonly slots: readonly {
      readonly from: string;
      readonly to: string;
      readonly status: string;
      readonly counts: unknown;
    }[];
  }[];
}

const bodies = (records: readonly RecordJson[]) => records.map((record) => record.body);

describe('cards', () => {
  test('P10 P14 a card per logger with its strip, times in RFC 3339', async () => {
    await using api = await startApi();
    const [id] = await api.add(errorRecord({ timestamp: NOW - MINUTE, body: 'charge failed' }));
    await api.add(logRecord({ timestamp: NOW - 2n * HOUR }));
    const { cards, ...rest } = await api.json<Cards>('cards?range=24h');
    expect(rest).toEqual({
      range: '24h',
      from: '2026-11-20T11:00:00.000Z',
      to: '2026-11-21T11:00:00.000Z',
      totals: { loggers: 1, errors: 1, warnings: 0, total: 2, failing: 1, warning: 0, healthy: 0, clean: 0 },
    });
    expect(cards[0]).toMatchObject({
      service: 'shop',
      logger: 'shop.cart',
      status: 'failing',
      errors: 1,
      recentErrors: 1,
      lastSeen: '2026-11-21T10:18:15.500000000Z',
      newestIssue: { id, timestamp: String(NOW - MINUTE), level: 'ERROR', body: 'charge failed' },
    });
    expect(cards[0]!.slots).toHaveLength(24);
    expect(cards[0]!.slots.at(-1)).toEqual({
      from: '2026-11-21T10:00:00.000Z',
      to: '2026-11-21T11:00:00.000Z',
      status: 'error',
      counts: { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 1, FATAL: 0, UNSPECIFIED: 0 },
    });
  });

  test('P14 an unknown range is the default, P20 one of the settings is itself', async () => {
    await using api = await startApi();
    expect((await api.json<Cards>('cards?range=1y')).range).toBe('24h');
    expect((await api.json<Cards>('cards')).range).toBe('24h');
    expect(await api.json<Cards>('cards?range=1h')).toMatchObject({ range: '1h', from: '2026-11-21T09:20:00.000Z' });
  });

  test('P18 P42 days are those of the asked zone, else of the configured one, else UTC', async () => {
    await using plain = await startApi();
    expect((await plain.json<Cards>('cards?range=30d')).to).toBe('2026-11-22T00:00:00.000Z');
    expect((await plain.json<Cards>('cards?range=30d&tz=Europe/Budapest')).to).toBe('2026-11-21T23:00:00.000Z');
    await using configured = await startApi({ settings: { ...SETTINGS, timeZone: 'America/Sao_Paulo' } });
    expect((await configured.json<Cards>('cards?range=30d')).to).toBe('2026-11-22T03:00:00.000Z');
    expect((await configured.json<Cards>('cards?range=30d&tz=Asia/Kathmandu')).to).toBe('2026-11-21T18:15:00.000Z');
  });

  test('P17 a slot’s from and to find exactly the records that it counts', async () => {
    await using api = await startApi();
    const start = at('2026-11-21T09:00:00Z');
    await api.add(
      errorRecord({ timestamp: start - 1n, body: 'before' }),
      errorRecord({ timestamp: start, body: 'first' }),
      errorRecord({ timestamp: start + HOUR - 1n, body: 'last' }),
      errorRecord({ timestamp: start + HOUR, body: 'after' }),
    );
    const { cards } = await api.json<Cards>('cards');
    const slot = cards[0]!.slots.at(-2)!;
    expect(slot.counts).toMatchObject({ ERROR: 2 });
    const { results } = await api.json<Logs>(`logs?from=${slot.from}&to=${slot.to}`);
    expect(bodies(results)).toEqual(['last', 'first']);
  });

  test('P16 P42 thresholds of the settings decide the state', async () => {
    await using api = await startApi({ thresholdOf: (_service, _logger, level) => (level === 'ERROR' ? 5 : null) });
    await api.add(errorRecord({ timestamp: NOW - MINUTE }));
    expect((await api.json<Cards>('cards')).cards[0]!.status).toBe('warning');
  });

  test('a limit cuts the cards, not the totals', async () => {
    await using api = await startApi();
    await api.add(logRecord({ logger: 'a' }), errorRecord({ logger: 'b', timestamp: NOW }), logRecord({ logger: 'c' }));
    const { cards, totals } = await api.json<Cards>('cards?limit=1');
    expect(cards.map(({ logger }) => logger)).toEqual(['b']);
    expect(totals.loggers).toBe(3);
  });
});

describe('logs', () => {
  test('P30 level, range and search combine, newest first, a page at a time', async () => {
    await using api = await startApi();
    for (let index = 0; index < 7; index++) {
      const overrides = { timestamp: NOW - BigInt(index) * MINUTE, body: `try ${index} failed` };
      await api.add(errorRecord(overrides), warningRecord(overrides), logRecord({ ...overrides, body: 'fine' }));
    }
    const parameters = 'level=error&q=failed&from=now-6m&to=now&limit=2';
    const pages: (readonly unknown[])[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Logs = await api.json<Logs>(`logs?${parameters}&cursor=${encodeURIComponent(cursor)}`);
      pages.push(bodies(page.results));
      cursor = page.next;
    }
    expect(pages).toEqual([
      ['try 1 failed', 'try 2 failed'],
      ['try 3 failed', 'try 4 failed'],
      ['try 5 failed', 'try 6 failed'],
    ]);
  });

  test('P32 nothing found is one empty page', async () => {
    await using api = await startApi();
    expect(await api.json<Logs>('logs?q=nothing')).toEqual({ results: [], next: null });
  });

  test('P6 a severity text of one’s own is found by name and kept beside the level', async () => {
    await using api = await startApi();
    await api.add(logRecord({ severityNumber: 10, severityText: 'AUDIT' }), logRecord());
    const { results } = await api.json<Logs>('logs?level=AUDIT');
    expect(results).toMatchObject([{ severityNumber: 10, severityText: 'AUDIT', level: 'INFO' }]);
  });

  test('O42 O44 O50 a record keeps its nanoseconds, every kind of value and every key', async () => {
    await using api = await startApi();
    const attributes = new Map<string, AnyValue>([
      ['__proto__', 'own'],
      ['constructor', 1n],
      ['big', 9_007_199_254_740_993n],
      ['smallest', -(2n ** 63n)],
      ['nan', Number.NaN],
      ['infinite', Number.NEGATIVE_INFINITY],
      ['double', 0.5],
      ['bytes', new Uint8Array([0, 255])],
      ['empty', null],
      ['list', [1n, 'a', new Map<string, AnyValue>([['__proto__', [true]]])]],
    ]);
    const timestamp = at('2026-11-21T10:00:00.123456789Z');
    const [id] = await api.add(
      logRecord({
        timestamp,
        body: 5n,
        attributes,
        resource: { attributes: { 'service.name': 'shop', pid: 7n }, schemaUrl: 'r', droppedAttributesCount: 2 },
        scope: { name: 's', version: '1', schemaUrl: 'x', droppedAttributesCount: 3, attributes: { k: 'v' } },
        traceId: 'ab'.repeat(16),
        spanId: 'cd'.repeat(8),
        flags: 1,
        eventName: 'e',
        droppedAttributesCount: 4,
      }),
    );
    const text = await (await api.get(`/api/v1/logs/${id}`)).text();
    expect(text).toContain('"__proto__":"own"');
    expect(text).toContain('{"__proto__":[true]}');
    const record = JSON.parse(text) as RecordJson;
    expect({ ...record, attributes: Object.entries(record.attributes).slice(1) }).toEqual({
      id,
      timestamp: '1795255200123456789',
      observedTimestamp: '1795255200123456789',
      severityNumber: 9,
      severityText: '',
      level: 'INFO',
      service: 'shop',
      logger: 'shop.cart',
      body: { intValue: '5' },
      attributes: [
        ['constructor', 1],
        ['big', '9007199254740993'],
        ['smallest', '-9223372036854775808'],
        ['nan', 'NaN'],
        ['infinite', '-Infinity'],
        ['double', 0.5],
        ['bytes', 'AP8='],
        ['empty', null],
        ['list', [1, 'a', JSON.parse('{"__proto__":[true]}')]],
      ],
      resource: { 'service.name': 'shop', pid: 7 },
      resourceSchemaUrl: 'r',
      resourceDroppedAttributesCount: 2,
      scope: { name: 's', version: '1', attributes: { k: 'v' }, schemaUrl: 'x', droppedAttributesCount: 3 },
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      flags: 1,
      eventName: 'e',
      droppedAttributesCount: 4,
    });
  });

  test('a record’s neighbours are those of its logger, in time order', async () => {
    await using api = await startApi();
    const minute = (index: number) => ({ timestamp: NOW + BigInt(index) * MINUTE, body: `line ${index}` });
    const ids = await api.add(...[1, 2, 3, 4, 5].map((index) => logRecord(minute(index))));
    await api.add(logRecord({ ...minute(3), logger: 'other' }));
    const context = await api.json<{ before: RecordJson[]; after: RecordJson[] }>(
      `logs/${ids[2]}/context?before=1&after=10`,
    );
    expect(bodies(context.before)).toEqual(['line 2']);
    expect(bodies(context.after)).toEqual(['line 4', 'line 5']);
  });

  test('a record that is not there is a 404 problem', async () => {
    await using api = await startApi();
    for (const path of ['logs/unknown', 'logs/unknown/context', 'groups/unknown', 'traces/unknown']) {
      expect((await api.get(`/api/v1/${path}`)).status).toBe(404);
    }
  });
});

describe('counts', () => {
  test('a histogram divides its time into equal buckets by level', async () => {
    await using api = await startApi();
    await api.add(
      errorRecord({ timestamp: NOW - HOUR }),
      logRecord({ timestamp: NOW - 1n }),
      logRecord({ timestamp: NOW }),
    );
    const histogram = await api.json<{
      buckets: { from: string; counts: Record<string, number> }[];
      complete: boolean;
    }>('histogram?from=now-1h&to=now&buckets=4');
    expect(histogram.complete).toBe(true);
    expect(histogram.buckets.map(({ from }) => from.slice(11, 19))).toEqual([
      '09:19:15',
      '09:34:15',
      '09:49:15',
      '10:04:15',
    ]);
    expect(histogram.buckets[0]!.counts).toMatchObject({ ERROR: 1, INFO: 0 });
    expect(histogram.buckets[3]!.counts).toMatchObject({ ERROR: 0, INFO: 1 });
    const whole = await api.json<typeof histogram>('histogram?level=info&buckets=1');
    expect(whole.buckets[0]!.counts).toMatchObject({ INFO: 2, ERROR: 0 });
    expect((await api.json<typeof histogram>('histogram?from=now-0s&to=now%2B1s&buckets=1000')).buckets).toHaveLength(
      1000,
    );
  });

  test('facets are the most frequent values of a field', async () => {
    await using api = await startApi();
    const route = (name: string) => logRecord({ attributes: { 'http.route': name } });
    await api.add(route('/a'), route('/b'), route('/b'), logRecord({ service: 'other' }));
    expect(await api.json('facets?field=http.route')).toEqual({
      field: 'http.route',
      results: [
        { value: '/b', count: 2 },
        { value: '/a', count: 1 },
      ],
      complete: true,
    });
    expect(await api.json('facets?field=service&limit=1&q=-http.route:*')).toMatchObject({
      results: [{ value: 'other', count: 1 }],
    });
    expect(await api.json('facets?field=resource.service.name')).toMatchObject({
      results: [{ value: 'shop', count: 3 }, { value: 'other' }],
    });
  });

  test('known loggers, the most recently seen first', async () => {
    await using api = await startApi();
    await api.add(
      logRecord({ logger: 'old', timestamp: NOW - HOUR }),
      logRecord({ logger: 'new', timestamp: NOW - SECOND }),
    );
    expect(await api.json('loggers')).toEqual({
      count: 2,
      results: [
        { service: 'shop', logger: 'new', lastSeen: '2026-11-21T10:19:14.500000000Z' },
        { service: 'shop', logger: 'old', lastSeen: '2026-11-21T09:19:15.500000000Z' },
      ],
    });
  });
});

test('P1 where logs go is told, and null where a dashboard has no receiver', async () => {
  await using alone = await startApi();
  expect(await alone.json('endpoints')).toEqual({ grpc: null, http: null });
  const addresses = { grpc: '127.0.0.1:41', http: 'http://127.0.0.1:42', dashboard: 'http://127.0.0.1:43' };
  await using api = await startApi({ endpoints: () => addresses });
  expect(await api.json('endpoints')).toEqual({ grpc: addresses.grpc, http: addresses.http });
});

describe('members', () => {
  test('P62 a group lists its events in order with the exact times between them', async () => {
    await using api = await startApi();
    const event = (nanos: bigint, body: string) =>
      logRecord({ timestamp: NOW + nanos, body, attributes: { 'logvitals.group.id': 'order/7 ü' } });
    await api.add(event(1_500_000_001n, 'third'), event(0n, 'first'), event(1n, 'second'), logRecord());
    const { results } = await api.json<{ results: (RecordJson & { elapsed: unknown })[] }>(
      `groups/${encodeURIComponent('order/7 ü')}`,
    );
    expect(results.map(({ body, elapsed }) => [body, elapsed])).toEqual([
      ['first', { sinceFirst: '0', sincePrevious: '0' }],
      ['second', { sinceFirst: '1', sincePrevious: '1' }],
      ['third', { sinceFirst: '1500000001', sincePrevious: '1500000000' }],
    ]);
  });

  test('a trace lists its records in order, its id in any case', async () => {
    await using api = await startApi();
    const traceId = 'ab12'.repeat(8);
    await api.add(
      logRecord({ timestamp: NOW + MILLISECOND, traceId, body: 'second', service: 'other' }),
      logRecord({ timestamp: NOW, traceId, body: 'first' }),
      logRecord({ traceId: '12'.repeat(16) }),
    );
    const { results } = await api.json<Logs>(`traces/${traceId.toUpperCase()}`);
    expect(bodies(results)).toEqual(['first', 'second']);
  });
});

describe('alerts', () => {
  const alert = (index: number, overrides: Partial<Alert> = {}): Alert => ({
    id: `00-alert-${index}`,
    service: 'shop',
    logger: 'shop.cart',
    thresholdLevel: 'ERROR',
    recordLevel: 'ERROR',
    threshold: 1,
    count: 1,
    windowStart: NOW - HOUR,
    windowEnd: NOW,
    timestamp: NOW - MINUTE,
    message: 'payment refused',
    module: 'cart.pay',
    path: 'cart.ts',
    lineNumber: 7,
    records: [{ id: 'r', timestamp: NOW - MINUTE, level: 'ERROR', body: 'payment refused' }],
    firedAt: NOW,
    ...overrides,
  });

  test('P28 history newest first with every field, and what is firing now', async () => {
    await using api = await startApi();
    const alerts = [alert(1, { timestamp: NOW - 3n * HOUR }), alert(2), alert(3, { logger: 'shop.mail' })];
    await api.store.commitAlerts([{ key: 'k', version: 0, state: 's', alerts }]);
    await api.add(
      errorRecord({ timestamp: NOW - MINUTE }),
      errorRecord({ timestamp: NOW - MINUTE, logger: 'shop.mail' }),
    );
    const first = await api.json<{ state: Alert[]; results: Alert[]; next: string | null }>('alerts?limit=2');
    expect(first.results.map(({ id }) => id)).toEqual(['00-alert-3', '00-alert-2']);
    expect(first.state.map(({ id }) => id)).toEqual(['00-alert-3', '00-alert-2']);
    expect(first.results[1]).toEqual({
      ...alert(2),
      windowStart: String(NOW - HOUR),
      windowEnd: String(NOW),
      timestamp: String(NOW - MINUTE),
      firedAt: String(NOW),
      records: [{ id: 'r', timestamp: String(NOW - MINUTE), level: 'ERROR', body: 'payment refused' }],
    });
    const second = await api.json<typeof first>(`alerts?limit=2&cursor=${first.next}`);
    expect(second.results.map(({ id }) => id)).toEqual(['00-alert-1']);
    expect(second.next).toBeNull();
  });
});
