import { describe, expect, test } from 'vitest';
import { createAlertRunner } from '../../receiver/alerts/runner.ts';
import type { LevelThresholds, ThresholdSettings } from '../../receiver/config/config.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import type { Alert } from '../../receiver/store/alert.ts';
import { StoreUnavailableError } from '../../receiver/store/errors.ts';
import type { Batch, LogStore } from '../../receiver/store/store.ts';
import { batch, errorRecord, HOUR, logRecord, NOON, SECOND, warningRecord } from '../helpers/records.ts';
import { createMemoryContents, createMemoryStore, type MemoryContents } from '../store/memory-store.ts';

interface ReceiverOptions {
  readonly contents?: MemoryContents;
  readonly levels?: Partial<LevelThresholds>;
  readonly overrides?: ThresholdSettings['overrides'];
  readonly fail?: (operation: keyof LogStore) => boolean;
}

/** One receiver: it appends batches and has them evaluated, as the pipeline does. */
function startReceiver({ contents = createMemoryContents(), levels = {}, overrides = [], fail }: ReceiverOptions = {}) {
  const calls: (keyof LogStore)[] = [];
  const store = createMemoryStore({
    contents,
    now: () => NOON,
    fail: (operation) => {
      calls.push(operation);
      return fail?.(operation) ?? false;
    },
  });
  const lines: string[] = [];
  const runner = createAlertRunner({
    store,
    settings: {
      levels: { TRACE: null, DEBUG: null, INFO: null, WARN: null, ERROR: 3, FATAL: null, ...levels },
      window: 3_600_000,
      overrides,
    },
    now: () => NOON,
    diagnostics: createDiagnostics((line) => lines.push(line.replace(/^\S+ /, ''))),
  });
  const heard: Alert[] = [];
  runner.subscribe((alert) => heard.push(alert));
  const receive = async (...batches: readonly Batch[]) => runner.evaluate(batches, await store.append(batches));
  return { runner, store, calls, lines, heard, receive, history: () => store.alerts({ limit: 100 }) };
}

const secondsIn = (seconds: number) => NOON + BigInt(seconds) * SECOND;
const errorAt = (seconds: number, body = `error at ${seconds}`): LogRecord =>
  errorRecord({ timestamp: secondsIn(seconds), body });
const errors = (length: number, start = 0) => Array.from({ length }, (_, i) => errorAt(start + i));

describe('firing', () => {
  test('P21 the Nth record fires, is in the history and is told to listeners; the next does not', async () => {
    const { receive, heard, history } = startReceiver();
    for (const record of errors(5)) await receive(batch([record]));
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ timestamp: secondsIn(2), threshold: 3, count: 3 });
    expect(await history()).toEqual(heard);
  });

  test('P23 FATAL does not advance the count of ERROR, nor another logger, nor another service', async () => {
    const { receive, heard } = startReceiver({ levels: { FATAL: 2 } });
    const fatal = errorRecord({ severityNumber: 21 });
    await receive(
      batch([...errors(2), fatal, errorRecord({ logger: 'shop.other' }), errorRecord({ service: 'bank' })]),
    );
    expect(heard).toEqual([]);
    await receive(batch([errorAt(3), errorRecord({ severityNumber: 24, timestamp: secondsIn(4) })]));
    expect(heard.map(({ thresholdLevel }) => thresholdLevel).sort()).toEqual(['ERROR', 'FATAL']);
  });

  test('P24 a batch of 50 same-timestamp errors against threshold 10 fires exactly one alert', async () => {
    const { receive, heard } = startReceiver({ levels: { ERROR: 10 } });
    await receive(batch(Array.from({ length: 50 }, () => errorAt(0))));
    await receive(batch(errors(20)));
    expect(heard).toHaveLength(1);
  });

  test('P25 a late, older record that completes a window fires, and it is the record told of', async () => {
    const { receive, heard } = startReceiver();
    await receive(batch([errorAt(1800), errorAt(3600)]));
    await receive(batch([errorAt(0, 'late')]));
    expect(heard).toMatchObject([
      {
        message: 'late',
        timestamp: secondsIn(0),
        windowEnd: secondsIn(3600),
        windowStart: secondsIn(3600) - HOUR,
        count: 3,
      },
    ]);
    expect(heard[0]!.records.map(({ body }) => body)).toEqual(['error at 3600', 'error at 1800', 'late']);
  });

  test('P16 P42 null switches an alert off; a pattern sets a threshold of its own', async () => {
    const overrides = [
      { pattern: 'shop/noisy.*', levels: { ERROR: null } },
      { pattern: 'quiet', levels: { WARN: 1 } },
    ];
    const { receive, heard } = startReceiver({ levels: { ERROR: 1 }, overrides });
    await receive(batch([errorRecord({ logger: 'noisy.sql' }), warningRecord(), warningRecord({ logger: 'quiet' })]));
    expect(heard.map(({ logger, thresholdLevel }) => [logger, thresholdLevel])).toEqual([['quiet', 'WARN']]);
  });

  test('P4 a record without severity advances no threshold', async () => {
    const { receive, calls } = startReceiver({ levels: { TRACE: 1, INFO: 1 } });
    await receive(batch([logRecord({ severityNumber: 0, severityText: 'ERROR' })]));
    expect(calls).toEqual(['append']);
  });

  test('hostile names and texts neither break an alert nor mix loggers up', async () => {
    const { receive, history } = startReceiver({ levels: { ERROR: 2 } });
    const names = ['__proto__', '', '","', '\u0000', '\ud800', '<b>', 'x'.repeat(100_000), '👩‍👩‍👧'];
    await receive(batch(names.flatMap((logger) => [errorRecord({ logger }), errorRecord({ logger })])));
    await receive(batch([errorRecord({ service: '","', logger: 'a' }), errorRecord({ service: '', logger: '","a' })]));
    expect((await history()).map(({ logger }) => logger).sort()).toEqual(names.sort());
  });
});

describe('the alert', () => {
  test('P28 has every field, from the record that reached the threshold', async () => {
    const { receive, heard } = startReceiver({ levels: { ERROR: 2 } });
    const reaching = errorRecord({
      timestamp: secondsIn(7),
      severityText: 'Critical',
      body: 'payment refused',
      attributes: {
        'code.function.name': 'shop.payments.charge',
        'code.file.path': '/app/payments.py',
        'code.line.number': 42n,
      },
    });
    await receive(batch([errorAt(5)]));
    await receive(batch([reaching, errorAt(8)]));
    expect(heard).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{36}$/),
        service: 'shop',
        logger: 'shop.cart',
        thresholdLevel: 'ERROR',
        recordLevel: 'Critical',
        threshold: 2,
        count: 2,
        windowStart: secondsIn(7) - HOUR,
        windowEnd: secondsIn(7),
        timestamp: secondsIn(7),
        message: 'payment refused',
        module: 'shop.payments.charge',
        path: '/app/payments.py',
        lineNumber: 42,
        records: [
          { id: expect.any(String), timestamp: secondsIn(7), level: 'ERROR', body: 'payment refused' },
          { id: expect.any(String), timestamp: secondsIn(5), level: 'ERROR', body: 'error at 5' },
        ],
        firedAt: NOON,
      },
    ]);
  });

  test('P28 takes the old names of code attributes, and does without any', async () => {
    const { receive, heard } = startReceiver({ levels: { ERROR: 1 } });
    const attributes = { 'code.namespace': 'shop.payments', 'code.filepath': '/app/pay.js', 'code.lineno': '17' };
    await receive(batch([errorRecord({ logger: 'old', attributes, severityText: '' })]));
    await receive(batch([errorRecord({ logger: 'none', attributes: { 'code.line.number': 'x' } })]));
    expect(heard).toMatchObject([
      { module: 'shop.payments', path: '/app/pay.js', lineNumber: 17, recordLevel: 'ERROR' },
      { module: '', path: '', lineNumber: 0 },
    ]);
  });

  test('P7 P28 an exception without a message of its own tells the exception', async () => {
    const { receive, heard } = startReceiver({ levels: { ERROR: 1 } });
    await receive(batch([errorRecord({ body: null, attributes: { 'exception.message': 'card declined' } })]));
    expect(heard[0]!.message).toBe('card declined');
  });

  test('P28 carries the last five matching records of the window, newest first, those of earlier requests too', async () => {
    const { receive, heard, history } = startReceiver({ levels: { ERROR: 8 } });
    const fatal = errorRecord({ severityNumber: 21, timestamp: secondsIn(6), body: 'another level' });
    await receive(batch([errorAt(-3600, 'too old'), warningRecord(), fatal, ...errors(4)]));
    await receive(batch([errorRecord({ logger: 'shop.other' }), ...errors(4, 4)]));
    expect(heard[0]!.records.map(({ body }) => body)).toEqual([7, 6, 5, 4, 3].map((n) => `error at ${n}`));
    expect((await history())[0]!.records).toEqual(heard[0]!.records);
  });

  test('P28 goes out with the lines at hand when the store cannot be searched', async () => {
    const { receive, heard } = startReceiver({ fail: (operation) => operation === 'search' });
    await receive(batch(errors(2)));
    await receive(batch(errors(1, 2)));
    expect(heard[0]!.records.map(({ body }) => body)).toEqual(['error at 2']);
  });

  test('P28 is bounded whatever the records hold', async () => {
    const { receive, heard } = startReceiver({ levels: { ERROR: 1 } });
    const long = '👩'.repeat(100_000);
    await receive(batch([errorRecord({ body: long, severityText: long, attributes: { 'code.file.path': long } })]));
    const { message, path, recordLevel, records } = heard[0]!;
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(path.length + recordLevel.length).toBeLessThanOrEqual(2048);
    expect(records[0]!.body.length).toBeLessThanOrEqual(300);
    expect(records[0]!.body.isWellFormed()).toBe(true);
  });

  test('P28 ids sort by the time of firing, those of one moment in the order they fired', async () => {
    const { receive, heard } = startReceiver({ levels: { ERROR: 1 } });
    await receive(batch([errorAt(0), errorAt(8000), errorAt(16_000)]));
    expect(heard.map(({ timestamp }) => timestamp)).toEqual([secondsIn(0), secondsIn(8000), secondsIn(16_000)]);
    const ids = heard.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
  });
});

describe('listeners', () => {
  test('P27 one that throws, rejects or hangs costs no record and no other listener its call', async () => {
    const { runner, receive, heard, history, lines } = startReceiver({ levels: { ERROR: 1 } });
    runner.subscribe(() => {
      throw new Error('sync');
    });
    runner.subscribe(async () => {
      throw new Error('async');
    });
    runner.subscribe(() => new Promise(() => {}));
    runner.subscribe(() => {
      throw Object.create(null);
    });
    const last: Alert[] = [];
    runner.subscribe((alert) => last.push(alert));
    await receive(batch([errorAt(0)]));
    expect(heard).toHaveLength(1);
    expect(last).toEqual(heard);
    expect(await history()).toEqual(heard);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines.map((line) => line.replace(/alert \w+: /, ''))).toEqual([
      'error a threshold listener failed on "Error: sync"',
      'error a threshold listener failed on "it threw no Error"',
      'error a threshold listener failed on "Error: async"',
    ]);
  });

  test('P27 one that changes the alert changes it for nobody', async () => {
    const { runner, receive, lines } = startReceiver({ levels: { ERROR: 1 } });
    runner.subscribe((alert) => {
      (alert as { message: string }).message = 'forged';
    });
    const seen: string[] = [];
    runner.subscribe(({ message }) => seen.push(message));
    await receive(batch([errorAt(0)]));
    expect(seen).toEqual(['error at 0']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines).toHaveLength(1);
  });

  test('P27 one that has unsubscribed is not called', async () => {
    const { runner, receive } = startReceiver({ levels: { ERROR: 1 } });
    const seen: Alert[] = [];
    const end = runner.subscribe((alert) => seen.push(alert));
    end();
    await receive(batch([errorAt(0)]));
    expect(seen).toEqual([]);
  });
});

describe('state in the store', () => {
  test('P21 a restart between any two records changes nothing', async () => {
    const contents = createMemoryContents();
    const fired: Alert[] = [];
    for (const record of errors(7)) {
      const { receive, heard } = startReceiver({ contents });
      await receive(batch([record]));
      fired.push(...heard);
    }
    expect(fired.map(({ timestamp }) => timestamp)).toEqual([secondsIn(2)]);
  });

  test('P26 two receivers on one store fire one alert between them', async () => {
    const contents = createMemoryContents();
    const a = startReceiver({ contents, levels: { ERROR: 10 } });
    const b = startReceiver({ contents, levels: { ERROR: 10 } });
    for (let i = 0; i < 20; i += 2) {
      await Promise.all([a.receive(batch([errorAt(i)])), b.receive(batch([errorAt(i + 1)]))]);
    }
    expect([...a.heard, ...b.heard]).toHaveLength(1);
    expect(await a.history()).toHaveLength(1);
  });

  test('P26 P29 a receiver that was outrun reads again and decides anew', async () => {
    const contents = createMemoryContents();
    const a = startReceiver({ contents });
    const b = startReceiver({ contents });
    await a.receive(batch([errorAt(0)]));
    await b.receive(batch([errorAt(1)]));
    a.calls.length = 0;
    await a.receive(batch([errorAt(2)]));
    expect(a.calls.filter((call) => call !== 'search')).toEqual([
      'append',
      'commitAlerts',
      'alertStates',
      'commitAlerts',
    ]);
    expect(a.heard).toMatchObject([{ count: 3, timestamp: secondsIn(2) }]);
    expect(b.heard).toEqual([]);
  });

  test('P29 any number of records costs one write of alert states, and a read only at first', async () => {
    const { receive, calls } = startReceiver({ levels: { ERROR: 10_000 } });
    const loggers = Array.from({ length: 50 }, (_, i) => `logger-${i}`);
    const manyErrors = () => batch(loggers.flatMap((logger) => errors(20).map((record) => ({ ...record, logger }))));
    await receive(manyErrors(), manyErrors());
    await receive(manyErrors());
    expect(calls).toEqual(['append', 'alertStates', 'commitAlerts', 'append', 'commitAlerts']);
  });

  test('P29 an alert whose records are all at hand asks the store for none', async () => {
    const { receive, calls, heard } = startReceiver();
    await receive(batch(errors(3)));
    expect(heard[0]!.records).toHaveLength(3);
    expect(calls).toEqual(['append', 'alertStates', 'commitAlerts']);
  });

  test('P29 records that no threshold is set for cost nothing', async () => {
    const { receive, calls } = startReceiver();
    await receive(batch([logRecord(), warningRecord()]));
    expect(calls).toEqual(['append']);
  });
});

describe('when the storage goes away in between', () => {
  test.each(['alertStates', 'commitAlerts'] as const)('P3 P9 at %s: the retry is evaluated, once', async (where) => {
    let isAway = true;
    const { receive, heard } = startReceiver({ fail: (operation) => isAway && operation === where });
    const request = batch(errors(3), 'k');
    await expect(receive(request)).rejects.toThrow(StoreUnavailableError);
    expect(heard).toEqual([]);
    isAway = false;
    await receive(request);
    expect(heard).toMatchObject([{ count: 3 }]);
    expect(heard[0]!.records).toHaveLength(3);
    await receive(request);
    await receive(batch(errors(3, 10)));
    expect(heard).toHaveLength(1);
  });

  test('P9 P26 a retry that another receiver gets is evaluated there', async () => {
    const contents = createMemoryContents();
    const crashed = startReceiver({ contents, fail: (operation) => operation === 'commitAlerts' });
    const other = startReceiver({ contents });
    const request = batch(errors(3), 'k');
    await expect(crashed.receive(request)).rejects.toThrow(StoreUnavailableError);
    await other.receive(request, request);
    expect(other.heard).toHaveLength(1);
  });

  test('P9 a record held already by its log.record.uid is not counted again', async () => {
    const { receive, heard } = startReceiver();
    const uid = { 'log.record.uid': 'u1' };
    const known = errorRecord({ attributes: uid });
    await receive(batch([known, known]), batch([known]));
    await receive(batch([known, errorAt(1)]));
    expect(heard).toEqual([]);
    await receive(batch([errorAt(2)]));
    expect(heard).toMatchObject([{ count: 3 }]);
  });

  test('receivers that keep outrunning each other end as unavailable', async () => {
    const { store } = startReceiver();
    const runner = createAlertRunner({
      store: { ...store, commitAlerts: async (steps) => steps.map(() => false) },
      settings: {
        levels: { TRACE: null, DEBUG: null, INFO: null, WARN: 1, ERROR: 1, FATAL: 1 },
        window: 3_600_000,
        overrides: [],
      },
      now: () => NOON,
      diagnostics: createDiagnostics(() => {}),
    });
    const batches = [batch(errors(1))];
    await expect(runner.evaluate(batches, await store.append(batches))).rejects.toThrow(StoreUnavailableError);
  });
});
