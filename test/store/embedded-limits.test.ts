import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Field, fieldEquals, MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import { WorkerClient } from '../../receiver/store/embedded/worker-client.ts';
import { InvalidCursorError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { DEDUPLICATION_WINDOW } from '../../receiver/store/store.ts';
import { batch, DAY, HOUR, idsOf, logRecord, MILLISECOND, NOON, SECOND } from '../helpers/records.ts';
import { append, searchAll, searchBodies } from './contract/harness.ts';
import { embeddedFolder } from './embedded-folder.ts';

const NOWHERE: Query = { type: 'text', text: 'a text that is nowhere' };

describe('searches end', () => {
  test('a search without a hit stops at its time budget with a cursor that goes on', async () => {
    await using folder = await embeddedFolder();
    // So small that the first piece of records uses it up.
    const store = await folder.open({ searchBudget: 0 });
    const records = Array.from({ length: 3000 }, (_, index) => logRecord({ timestamp: NOON + BigInt(index) }));
    await append(store, records);
    const first = await store.search({ query: NOWHERE, limit: 10 });
    expect(first).toEqual({ records: [], next: expect.any(String), complete: false });
    let pages = 0;
    for (let next = first.next; next !== null; pages++) {
      const page = await store.search({ query: NOWHERE, limit: 10, cursor: next });
      expect(page.records).toEqual([]);
      expect(page.complete).toBe(page.next === null);
      next = page.next;
    }
    expect(pages).toBeGreaterThan(1);
    // Pages that ended early still give every record once.
    expect(await searchAll(store, { limit: 7 })).toHaveLength(records.length);
    const histogram = await store.histogram({ query: NOWHERE, boundaries: [NOON, NOON + 3000n] });
    expect(histogram.complete).toBe(false);
    const facets = await store.facets({ query: NOWHERE, fields: [{ kind: 'named', name: 'service' }], limit: 5 });
    expect(facets).toEqual([{ values: [], complete: false }]);
  });

  test('pages of large records are short and go on; none is lost, and none is passed over by another order', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const large = 'x'.repeat(1_000_000);
    const body = (index: number) => `${index} ${large}`;
    const records = Array.from({ length: 60 }, (_, index) =>
      logRecord({ timestamp: NOON + BigInt(index), body: body(index) }),
    );
    const members = records.map((record) => ({ ...record, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }));
    for (let at = 0; at < 60; at += 20) await append(store, members.slice(at, at + 20));
    for (const order of ['newest', 'oldest'] as const) {
      const found: string[] = [];
      let pages = 0;
      let cursor: string | undefined;
      do {
        const page = await store.search({ query: MATCH_ALL, limit: 1000, order, cursor });
        found.push(...page.records.map((record) => String(record.body).split(' ')[0]!));
        expect(page.records.length).toBeLessThan(25);
        expect(page.complete).toBe(page.next === null);
        cursor = page.next ?? undefined;
        pages += 1;
      } while (cursor !== undefined);
      const numbers = records.map((_, index) => String(index));
      expect(found).toEqual(order === 'oldest' ? numbers : numbers.toReversed());
      expect(pages).toBeGreaterThan(2);
    }
    const trace = await store.trace('4bf92f3577b34da6a3ce929d0e0e4736', 1000);
    expect(trace.map((record) => String(record.body).split(' ')[0])).toEqual(trace.map((_, index) => String(index)));
    expect(trace.length).toBeGreaterThan(10);
    expect(trace.length).toBeLessThan(25);
  });

  test('records that share a large resource count with it, since answers repeat it', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const resource = { attributes: { large: 'x'.repeat(1_000_000) } };
    await append(
      store,
      Array.from({ length: 200 }, (_, index) => logRecord({ timestamp: NOON + BigInt(index), resource })),
    );
    const page = await store.search({ query: MATCH_ALL, limit: 1000 });
    expect(page.records.length).toBeLessThan(25);
    expect(page.next).not.toBe(null);
    expect(await searchAll(store, { limit: 1000 })).toHaveLength(200);
  });

  test('a reader who leaves ends the search, and others are answered meanwhile', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const records = Array.from({ length: 20_000 }, (_, index) => logRecord({ timestamp: NOON + BigInt(index) }));
    await append(store, records);
    const leaver = new AbortController();
    const search = store.search({ query: NOWHERE, limit: 10, signal: leaver.signal });
    leaver.abort(new Error('the reader left'));
    await expect(search).rejects.toThrow('the reader left');
    const [cards, loggers] = await Promise.all([
      store.cards({ boundaries: [NOON, NOON + HOUR], recentFrom: NOON }),
      store.loggers(),
      store.search({ query: NOWHERE, limit: 10 }),
    ]);
    expect([cards.length, loggers.length]).toEqual([1, 1]);
  });

  test('more distinct values than facets hold are a count that says it is not complete', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const records = Array.from({ length: 20_010 }, (_, index) =>
      logRecord({ timestamp: NOON + BigInt(index), attributes: { n: `value ${index}` } }),
    );
    await append(store, records);
    const fields: Field[] = [
      { kind: 'attribute', key: 'n' },
      { kind: 'named', name: 'level' },
    ];
    const [facets, others] = await store.facets({ query: MATCH_ALL, fields, limit: 3 });
    expect(facets?.complete).toBe(false);
    expect(facets?.values).toHaveLength(3);
    expect(others).toEqual({ values: [{ value: 'INFO', count: records.length }], complete: true });
  });

  test('cursors of another order, or of nobody, are refused by name', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    await append(store, [logRecord(), logRecord()]);
    const { next } = await store.search({ query: MATCH_ALL, limit: 1 });
    const refused = async (cursor: string, order: 'newest' | 'oldest') => {
      const error = await store
        .search({ query: MATCH_ALL, limit: 1, cursor, order })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(InvalidCursorError);
      return (error as Error).message;
    };
    expect(await refused(next!, 'oldest')).toContain('the other order');
    expect(await refused('x'.repeat(5000), 'newest')).toMatch(/^the cursor "x{60}…" is not one/);
    for (const cursor of ['', 'n', `n${'f'.repeat(16)}-0000000001`, `${next} `]) await refused(cursor, 'newest');
  });

  test('more loggers in one service than are merged are found in order', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const records = Array.from({ length: 200 }, (_, index) =>
      logRecord({
        timestamp: NOON + BigInt(index),
        service: index % 2 ? 'many' : 'other',
        logger: `l${index}`,
        body: `${index}`,
      }),
    );
    await append(store, records);
    const odd = records.filter(({ service }) => service === 'many').map(({ body }) => body);
    expect(await searchBodies(store, { query: fieldEquals('service', 'many'), limit: 9 })).toEqual(odd.toReversed());
    expect(await searchBodies(store, { query: fieldEquals('service', 'many'), limit: 9, order: 'oldest' })).toEqual(
      odd,
    );
  });
});

describe('duplicates', () => {
  test('P9 a batch that spans days and is known in some of them is completed, each record once', async () => {
    await using folder = await embeddedFolder();
    const days = [logRecord({ body: 'today' }), logRecord({ body: 'yesterday', timestamp: NOON - DAY })];
    let store = await folder.open();
    await store.append([batch(days, 'request')]);
    await store.close();
    // As a crash between the two days' commits leaves it.
    using database = new DatabaseSync(join(folder.directory, '2026-11-19.db'));
    database.exec('DELETE FROM hot; DELETE FROM batch');
    database.close();
    store = await folder.open();
    const [appended] = await store.append([batch(days, 'request')]);
    expect(appended).toMatchObject({ duplicate: false, stored: 1 });
    expect(idsOf(appended!, 2)).toEqual([null, expect.any(String)]);
    expect(await searchBodies(store)).toEqual(['today', 'yesterday']);
    expect(await store.append([batch(days, 'request')])).toMatchObject([{ duplicate: true, stored: 0 }]);
  });

  test('P9 O55 a key is remembered for the deduplication window, over restarts, and not for ever', async () => {
    await using folder = await embeddedFolder();
    let now = NOON;
    const options = { now: () => now };
    let store = await folder.open(options);
    const request = batch([logRecord()], 'request');
    await store.append([request]);
    await store.close();
    now += BigInt(DEDUPLICATION_WINDOW) * MILLISECOND;
    store = await folder.open(options);
    expect((await store.append([request]))[0]?.duplicate).toBe(true);
    now += SECOND;
    expect((await store.append([request]))[0]?.duplicate).toBe(false);
  });
});

describe('worker threads', () => {
  test('P36 several reads at once all see what was written, and what was pruned no more', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const summarize = (fields: Field[]) => store.facets({ query: MATCH_ALL, fields, limit: 9 });
    const readAtOnce = async () => {
      const reads = Array.from({ length: 6 }, () => [
        store.search({ query: MATCH_ALL, limit: 9 }).then(({ records }) => records.length),
        summarize([{ kind: 'named', name: 'service' }]).then(([facets]) => facets?.values[0]?.count ?? 0),
        summarize([{ kind: 'named', name: 'level' }]).then(([facets]) => facets?.values[0]?.count ?? 0),
      ]);
      return new Set(await Promise.all(reads.flat()));
    };
    expect(await readAtOnce()).toEqual(new Set([0]));
    await append(store, [logRecord(), logRecord({ timestamp: NOON - DAY })]);
    expect(await readAtOnce()).toEqual(new Set([2]));
    await append(store, [logRecord()]);
    expect(await readAtOnce()).toEqual(new Set([3]));
    await store.prune({ olderThan: NOON - HOUR, batchSize: 100, dryRun: false });
    expect(await readAtOnce()).toEqual(new Set([2]));
  });

  test('a thread that dies rejects what it was asked, and the next request starts another', async () => {
    await using folder = await embeddedFolder();
    const module = join(folder.directory, 'worker.mjs');
    await writeFile(
      module,
      `import { parentPort, threadId } from 'node:worker_threads';
       parentPort.on('message', ({ id, method }) => {
         if (method === 'die') throw new Error('out of order');
         if (method === 'where') parentPort.postMessage({ type: 'result', id, result: threadId });
       });`,
    );
    const reports: unknown[] = [];
    const client = new WorkerClient<{ die: () => void; where: () => number; wait: () => void }>({
      module: pathToFileURL(module),
      name: 'test',
      workerData: null,
      onReport: (report) => reports.push(report),
    });
    const first = await client.call('where', undefined);
    const waiting = client.call('wait', undefined);
    const dying = client.call('die', undefined);
    for (const call of [waiting, dying]) {
      const error = await call.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect((error as Error).message).toContain('out of order');
    }
    expect(reports).toEqual([{ type: 'notice', message: expect.stringContaining('test thread ended: out of order') }]);
    expect(await client.call('where', undefined)).not.toBe(first);
    await client.close();
    await expect(client.call('where', undefined)).rejects.toThrow('closed');
  });
});

describe('hostile texts', () => {
  test('O50 services, loggers and severity texts of any characters are told apart and come back', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const names = ['', '\0', 'a\0b', 'a', 'a ', "'; DROP TABLE record; --", '🦆', '%', '__proto__', 'é', 'e\u0301'];
    const records = names.map((name, index) =>
      logRecord({ service: name, logger: name, severityText: name, timestamp: NOON + BigInt(index) }),
    );
    await append(store, records);
    const found = await searchAll(store, { order: 'oldest' });
    expect(found.map(({ service, logger, severityText }) => [service, logger, severityText])).toEqual(
      names.map((name) => [name, name, name]),
    );
    expect(new Set((await store.loggers()).map(({ service }) => service))).toEqual(new Set(names));
    for (const name of names.filter((each) => each !== '')) {
      expect((await searchAll(store, { query: fieldEquals('logger', name) })).map(({ logger }) => logger)).toEqual([
        name,
      ]);
    }
  });
});
