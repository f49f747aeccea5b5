import { describe, expect, test } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { createLiveFeed } from '../../receiver/ingest/live.ts';
import { createIngest, type IngestOptions } from '../../receiver/ingest/pipeline.ts';
import { MetricsRegistry } from '../../receiver/metrics/registry.ts';
import type { LogRecord, StoredRecord } from '../../receiver/record/log-record.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import type { Batch, LogStore } from '../../receiver/store/store.ts';
import { batch, logRecord, NOON } from '../helpers/records.ts';
import { createMemoryContents, createMemoryStore } from '../store/memory-store.ts';

type Append = LogStore['append'];

/** The pipeline on a memory store whose `append` may be stood in the way of. */
function startIngest({
  wrapAppend = (append) => append,
  ...options
}: Partial<IngestOptions> & { wrapAppend?: (append: Append) => Append } = {}) {
  const contents = createMemoryContents();
  const store = createMemoryStore({ contents });
  const wrapped = wrapAppend(store.append);
  const appends: (readonly Batch[])[] = [];
  const append: Append = (batches) => {
    appends.push(batches);
    return wrapped(batches);
  };
  const lines: string[] = [];
  const diagnostics = createDiagnostics((line) => lines.push(line.replace(/^\S+ /, '')));
  const metrics = new MetricsRegistry();
  const live = createLiveFeed(diagnostics);
  const ingest = createIngest({
    store: { append },
    alerts: { evaluate: async () => {} },
    live,
    metrics,
    diagnostics,
    now: () => NOON,
    ignore: { loggerPrefixes: [], loggers: [], messages: [] },
    limits: { queueBytes: 1_000_000 },
    ...options,
  });
  const submit = (
    records: readonly LogRecord[],
    { key = null, bytes = 100 }: { key?: string | null; bytes?: number } = {},
  ) => ingest.submit({ batch: batch(records, key), bytes });
  const bodies = () => contents.records.map(({ body }) => body);
  const metric = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics.render())?.[1]);
  return { ingest, submit, bodies, appends, lines, live, metric };
}

const line = (body: string) => logRecord({ body });

/** An `append` that waits at a gate; opened, it lets everything through. */
function gate() {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const wrapAppend =
    (append: Append): Append =>
    async (batches) => {
      await promise;
      return append(batches);
    };
  return { wrapAppend, open };
}

/** An `append` that fails with the given error whenever a batch holds the body `poison`. */
const failingOnPoison =
  (error: Error) =>
  (append: Append): Append =>
  async (batches) => {
    if (batches.some(({ records }) => records.some(({ body }) => body === 'poison'))) throw error;
    return append(batches);
  };

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('storing', () => {
  test('a request is answered only after its records are durable and evaluated', async () => {
    const { wrapAppend, open } = gate();
    const evaluation = Promise.withResolvers<void>();
    const { submit, bodies } = startIngest({ wrapAppend, alerts: { evaluate: () => evaluation.promise } });
    let outcome: unknown = null;
    const answered = submit([line('a')]).then((value) => {
      outcome = value;
    });
    await settled();
    expect(bodies()).toEqual([]);
    open();
    await settled();
    expect(bodies()).toEqual(['a']);
    expect(outcome).toBe(null);
    evaluation.resolve();
    await answered;
    expect(outcome).toEqual({ status: 'stored' });
  });

  test('requests that come while one is being stored are stored together, in their order', async () => {
    const { wrapAppend, open } = gate();
    const { submit, bodies, appends, metric } = startIngest({ wrapAppend });
    const outcomes = ['a', 'b', 'c', 'd'].map((body) => submit([line(body)]));
    open();
    expect(await Promise.all(outcomes)).toEqual(Array(4).fill({ status: 'stored' }));
    expect(appends.map((batches) => batches.length)).toEqual([1, 3]);
    expect(bodies()).toEqual(['a', 'b', 'c', 'd']);
    expect(metric('logvitals_ingest_commits_total')).toBe(2);
    expect(metric('logvitals_ingest_committed_requests_total')).toBe(4);
    expect(metric('logvitals_ingest_records_total')).toBe(4);
  });

  test('a group is bounded in requests and in bytes', async () => {
    const { wrapAppend, open } = gate();
    const { submit, appends } = startIngest({ wrapAppend, limits: { queueBytes: 1e9 } });
    const small = Array.from({ length: 1000 }, () => submit([line('small')]));
    const large = Array.from({ length: 3 }, () => submit([line('large')], { bytes: 5 * 1024 * 1024 }));
    open();
    await Promise.all([...small, ...large]);
    expect(appends.map((batches) => batches.length)).toEqual([1, 512, 488, 1, 1]);
  });

  test('P9 a request delivered again is stored once, and acknowledged', async () => {
    const { submit, bodies, metric } = startIngest();
    expect(await submit([line('a'), line('b')], { key: 'k' })).toEqual({ status: 'stored' });
    expect(await submit([line('a'), line('b')], { key: 'k' })).toEqual({ status: 'stored' });
    expect(bodies()).toEqual(['a', 'b']);
    expect(metric('logvitals_ingest_records_total')).toBe(2);
    expect(metric('logvitals_ingest_duplicate_records_total')).toBe(2);
  });

  test('P38 ignored records are dropped and counted; a request of nothing else needs no store', async () => {
    const { submit, bodies, appends, metric } = startIngest({
      ignore: { loggerPrefixes: ['silk'], loggers: [], messages: ['/healthz'] },
    });
    const noise = [logRecord({ logger: 'silk.sql' }), line('GET /healthz')];
    await submit([...noise, line('kept'), logRecord({ logger: 'silky', body: 'kept too' })], { key: 'k' });
    expect(bodies()).toEqual(['kept', 'kept too']);
    expect(await submit(noise)).toEqual({ status: 'stored' });
    expect(appends.map(([first]) => first?.key)).toEqual(['k']);
    expect(metric('logvitals_ingest_ignored_records_total')).toBe(4);
  });

  test('O16 an empty request is stored without a commit', async () => {
    const { submit, appends } = startIngest();
    expect(await submit([])).toEqual({ status: 'stored' });
    expect(appends).toEqual([]);
  });
});

describe('trouble', () => {
  test('P3 O19 O22 storage away: unavailable, with a delay under 10 s, and nothing kept', async () => {
    let isAway = true;
    const wrapAppend =
      (append: Append): Append =>
      async (batches) => {
        if (isAway) throw new StoreUnavailableError('the disk is full');
        return append(batches);
      };
    const evaluated: unknown[] = [];
    const alerts = { evaluate: async (batches: readonly Batch[]) => void evaluated.push(batches) };
    const { submit, bodies, lines } = startIngest({ wrapAppend, alerts });
    for (let i = 0; i < 50; i++) {
      const outcome = await submit([line('a')], { key: 'k' });
      expect(outcome).toMatchObject({ status: 'unavailable', reason: 'the disk is full' });
      const { retryAfterSeconds } = outcome as { retryAfterSeconds: number };
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
      expect(retryAfterSeconds).toBeLessThan(10);
    }
    expect(lines).toEqual(['error storing records failed, for now: the disk is full']);
    expect(evaluated).toEqual([]);
    isAway = false;
    expect(await submit([line('a')], { key: 'k' })).toEqual({ status: 'stored' });
    expect(bodies()).toEqual(['a']);
  });

  test('O22 a permanent failure is failed, with the reason the store gives', async () => {
    const { submit } = startIngest({ wrapAppend: failingOnPoison(new StoreError('no such column')) });
    expect(await submit([line('poison')])).toEqual({ status: 'failed', reason: 'no such column' });
  });

  test('P34 an unexpected failure is failed, and what it says reaches neither client nor log', async () => {
    const { submit, lines } = startIngest({ wrapAppend: failingOnPoison(new TypeError('postgres://app:hunter2@db')) });
    const outcome = await submit([line('poison')]);
    expect(outcome).toEqual({ status: 'failed', reason: 'an internal error; the server has logged it' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^error storing records failed, unexpectedly: TypeError, at .*pipeline\.test\.ts/);
    expect(lines[0]).not.toContain('hunter2');
  });

  test('O22 a request that the store refuses takes no other of its group with it', async () => {
    const { wrapAppend, open } = gate();
    const { submit, bodies } = startIngest({
      wrapAppend: (append) => wrapAppend(failingOnPoison(new StoreError('too long'))(append)),
    });
    const outcomes = ['a', 'b', 'poison', 'c'].map((body) => submit([line(body)], { key: body }));
    open();
    const stored = { status: 'stored' };
    expect(await Promise.all(outcomes)).toEqual([stored, stored, { status: 'failed', reason: 'too long' }, stored]);
    expect(bodies()).toEqual(['a', 'b', 'c']);
  });

  test('P41 a storage that answers for fewer records than it got fails the request and nothing else', async () => {
    const { submit, lines } = startIngest({ wrapAppend: () => async () => [] });
    expect(await submit([line('a')])).toMatchObject({ status: 'failed' });
    expect(lines).toMatchObject([expect.stringContaining('append()')]);
  });

  test('O30 a storage that hangs: every request is answered, what waited is given up, what commits late is stored once', async () => {
    const { wrapAppend, open } = gate();
    const { submit, bodies, metric, ingest } = startIngest({ wrapAppend, answerWithin: 20 });
    const outcomes = await Promise.all([submit([line('a')], { key: 'a' }), submit([line('b')], { key: 'b' })]);
    expect(outcomes).toMatchObject([{ status: 'unavailable' }, { status: 'unavailable' }]);
    expect(metric('logvitals_ingest_queue_requests')).toBe(1);
    await ingest.close();
    open();
    await settled();
    expect(bodies()).toEqual(['a']);
    expect(metric('logvitals_ingest_queue_requests')).toBe(0);
  });

  test('an evaluation that the storage ends is unavailable: the retry makes up for it', async () => {
    let isAway = true;
    const evaluate = async () => {
      if (isAway) throw new StoreUnavailableError('connection lost');
    };
    const { submit, bodies } = startIngest({ alerts: { evaluate } });
    expect(await submit([line('a')], { key: 'k' })).toMatchObject({ status: 'unavailable' });
    isAway = false;
    expect(await submit([line('a')], { key: 'k' })).toEqual({ status: 'stored' });
    expect(bodies()).toEqual(['a']);
  });

  test('an evaluation that fails for good is logged; durable records are acknowledged', async () => {
    const evaluate = async () => {
      throw new RangeError('oops');
    };
    const { submit, lines } = startIngest({ alerts: { evaluate } });
    expect(await submit([line('a')])).toEqual({ status: 'stored' });
    expect(lines).toMatchObject([
      expect.stringMatching(/^error evaluating thresholds failed, unexpectedly: RangeError/),
    ]);
  });
});

describe('back-pressure', () => {
  test('O22 a full queue answers overloaded with a delay of 1 to 5 s and keeps nothing', async () => {
    const { wrapAppend, open } = gate();
    const { submit, bodies, metric } = startIngest({ wrapAppend, limits: { queueBytes: 1000 } });
    const first = submit([line('being stored')], { bytes: 600 });
    const second = submit([line('waiting')], { bytes: 400 });
    const delays = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const outcome = await submit([line('too many')], { bytes: 1 });
      if (outcome.status !== 'overloaded') throw new Error(outcome.status);
      delays.add(outcome.retryAfterSeconds);
    }
    expect([...delays].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(metric('logvitals_ingest_queue_bytes')).toBe(1000);
    expect(metric('logvitals_ingest_queue_requests')).toBe(2);
    open();
    await Promise.all([first, second]);
    expect(bodies()).toEqual(['being stored', 'waiting']);
    expect(metric('logvitals_ingest_queue_bytes')).toBe(0);
    expect(await submit([line('room again')], { bytes: 1000 })).toEqual({ status: 'stored' });
  });

  test('a request larger than the queue is taken when nothing else is there', async () => {
    const { wrapAppend, open } = gate();
    const { submit } = startIngest({ wrapAppend, limits: { queueBytes: 1000 } });
    const large = submit([line('large')], { bytes: 5000 });
    expect(await submit([line('small')], { bytes: 1 })).toMatchObject({ status: 'overloaded' });
    open();
    expect(await large).toEqual({ status: 'stored' });
  });

  test('O59 closing stores and answers what was accepted, and refuses what comes after', async () => {
    const { wrapAppend, open } = gate();
    const { ingest, submit, bodies } = startIngest({ wrapAppend });
    const accepted = ['a', 'b', 'c'].map((body) => submit([line(body)]));
    const closed = ingest.close();
    expect(await submit([line('late')])).toMatchObject({
      status: 'unavailable',
      reason: 'the server is shutting down',
    });
    open();
    await closed;
    expect(bodies()).toEqual(['a', 'b', 'c']);
    expect(await Promise.all(accepted)).toEqual(Array(3).fill({ status: 'stored' }));
  });
});

describe('live records', () => {
  test('are those stored just now, with their ids, never those held before', async () => {
    const { submit, live } = startIngest();
    const seen: StoredRecord[] = [];
    const end = live.subscribe((records) => seen.push(...records));
    const withUid = logRecord({ body: 'once', attributes: { 'log.record.uid': 'u1' } });
    await submit([line('a'), withUid], { key: 'k' });
    await submit([line('a'), withUid], { key: 'k' });
    await submit([withUid, line('b')]);
    expect(seen.map(({ body }) => body)).toEqual(['a', 'once', 'b']);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
    end();
    await submit([line('c')]);
    expect(seen).toHaveLength(3);
  });

  test('a subscriber that throws harms neither the request nor other subscribers', async () => {
    const { submit, live, lines } = startIngest();
    const seen: unknown[] = [];
    live.subscribe(() => {
      throw new Error('broken view');
    });
    live.subscribe((records) => seen.push(...records));
    expect(await submit([line('a')])).toEqual({ status: 'stored' });
    expect(await submit([line('b')])).toEqual({ status: 'stored' });
    expect(seen).toHaveLength(2);
    expect(lines).toEqual(['warn a live view failed: "broken view"']);
  });
});
