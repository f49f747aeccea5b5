import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { and, fieldEquals, MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { dayOf, fileNameOf } from '../../receiver/store/embedded/day.ts';
import { removeDatabase } from '../../receiver/store/embedded/folder.ts';
import { decodeAnswer } from '../../receiver/store/embedded/read/answer.ts';
import { readFacets } from '../../receiver/store/embedded/read/facets.ts';
import { readHistogram } from '../../receiver/store/embedded/read/histogram.ts';
import { Pace } from '../../receiver/store/embedded/read/pace.ts';
import { readContext, readMembers, readRecord, search } from '../../receiver/store/embedded/read/search.ts';
import { openDatabase } from '../../receiver/store/embedded/sqlite.ts';
import { StoreUnavailableError } from '../../receiver/store/errors.ts';
import { DAY, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { readerFolder, unhurried } from './reader-folder.ts';

/** The present day stays hot as far as it makes no full block; this one is over. */
const YESTERDAY = NOON - DAY;

const text = (words: string): Query => ({ type: 'text', text: words });

/** Times of few different values, so that many records share one, in no order. */
const lateRecords = fc.array(
  fc.array(
    fc.record({ day: fc.nat({ max: 1 }), minute: fc.nat({ max: 12 }), word: fc.constantFrom('apple', 'pear', 'plum') }),
    { minLength: 1, maxLength: 9 },
  ),
  { minLength: 1, maxLength: 8 },
);

describe('searches', () => {
  test('P30 P32 records that came late, in blocks that overlap, are found in order and once, however short of time', async () => {
    await fc.assert(
      fc.asyncProperty(lateRecords, fc.integer({ min: 1, max: 7 }), async (appends, limit) => {
        await using folder = await readerFolder();
        let arrivals = 0;
        const records: LogRecord[] = [];
        for (const append of appends) {
          const batch = append.map(({ day, minute, word }) =>
            logRecord({
              timestamp: YESTERDAY + BigInt(day) * DAY + BigInt(minute) * MINUTE,
              body: `${word} ${arrivals++}`,
            }),
          );
          records.push(...batch);
          folder.append(batch);
          if (arrivals % 3 === 0) folder.seal();
        }
        const sorted = records.toSorted((a, b) => Number(a.timestamp - b.timestamp));
        for (const query of [MATCH_ALL, text('APPLE')]) {
          const bodies = sorted
            .map(({ body }) => String(body))
            .filter((body) => query.type === 'all' || body.startsWith('apple'));
          for (const order of ['newest', 'oldest'] as const) {
            const pages = await folder.searchHurried({ query, order, limit });
            const expected = order === 'oldest' ? bodies : bodies.toReversed();
            expect(pages.flat().map(({ body }) => body)).toEqual(expected);
            const whole = await search(folder.days, { query, order, limit, offset: 2 }, unhurried());
            expect(decodeAnswer(whole.records).map(({ body }) => body)).toEqual(expected.slice(2, 2 + limit));
            expect(whole.complete).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('P30 a page opens no more blocks than may hold its records', async () => {
    await using folder = await readerFolder();
    for (let block = 0; block < 20; block++) {
      folder.append(
        Array.from({ length: 4 }, (_, index) =>
          logRecord({
            timestamp: YESTERDAY + BigInt(block * 4 + index) * MINUTE,
            body: `${block === 3 ? 'needle' : 'hay'}`,
          }),
        ),
      );
      folder.seal();
    }
    const day = dayOf(YESTERDAY);
    expect(folder.days.listing(day).blocks).toHaveLength(20);
    // Without their columns, blocks can still be ruled out; a block that is opened without them is damaged.
    using database = openDatabase(join(folder.directory, fileNameOf(day)), { create: false });
    const needed = [20, 19, 4];
    const sections = database.prepare('SELECT id FROM section').all() as unknown as [number][];
    const remove = database.prepare('DELETE FROM section WHERE id = ?');
    for (const [id] of sections) if (!needed.includes(Math.floor(id / 4))) remove.run(id);
    const bodies = async (query: Query, limit: number) =>
      decodeAnswer((await search(folder.days, { query, limit }, unhurried())).records).map(({ body }) => body);
    expect(await bodies(MATCH_ALL, 6)).toEqual(Array.from({ length: 6 }, () => 'hay'));
    expect(await bodies(text('needle'), 3)).toEqual(['needle', 'needle', 'needle']);
    expect(await bodies(text('nowhere'), 3)).toEqual([]);
    expect(await bodies(fieldEquals('logger', 'another'), 3)).toEqual([]);
    expect(folder.damaged).toEqual([]);
  });

  test('a read ends when nobody waits for it any more', async () => {
    await using folder = await readerFolder({ rows: 10_000 });
    const records = Array.from({ length: 20_000 }, (_, index) => logRecord({ timestamp: YESTERDAY + BigInt(index) }));
    folder.append(records);
    folder.seal();
    const left = () => new Pace({ cancelled: true }, Number.POSITIVE_INFINITY);
    // Texts that no filter can rule out, and every value to be counted.
    const query = { type: 'not', term: text('item added to cart') } as const;
    const again = async (read: () => Promise<unknown>) => {
      for (;;) await read();
    };
    await expect(again(() => search(folder.days, { query, limit: 10 }, left()))).rejects.toThrow('nobody waits');
    const boundaries = [YESTERDAY, NOON];
    await expect(again(() => readHistogram(folder.days, { query, boundaries }, left()))).rejects.toThrow(
      'nobody waits',
    );
    await expect(
      again(() => readMembers(folder.days, { query: fieldEquals('body', 'x'), limit: 5 }, left())),
    ).rejects.toThrow('nobody waits');
  });
});

test('P30 P73 records of a level that have an attribute are counted without a look into their blocks', async () => {
  await using folder = await readerFolder();
  folder.append(
    Array.from({ length: 8 }, (_, index) =>
      logRecord({
        timestamp: YESTERDAY + BigInt(index),
        severityNumber: index < 3 ? 17 : 9,
        attributes: index % 2 === 0 ? { 'logvitals.audit.action': `do ${index}` } : {},
      }),
    ),
  );
  folder.sealAll();
  using database = new DatabaseSync(join(folder.directory, fileNameOf(dayOf(YESTERDAY))));
  database.exec('DELETE FROM section');
  const boundaries = [YESTERDAY - DAY, YESTERDAY, NOON];
  const countOf = async (query: Query) => {
    const { counts, complete } = await readHistogram(folder.days, { query, boundaries }, unhurried());
    expect(complete).toBe(true);
    return counts.filter((count) => count > 0);
  };
  const hasAction: Query = { type: 'field', field: { kind: 'named', name: 'action' }, test: { op: 'present' } };
  const isError: Query = fieldEquals('level', 'error');
  expect(await countOf(hasAction)).toEqual([2, 2]);
  expect(await countOf(and(hasAction, isError))).toEqual([2]);
  expect(await countOf({ type: 'or', terms: [{ type: 'not', term: hasAction }, isError] })).toEqual([3, 3]);
  expect(folder.damaged).toEqual([]);
});

describe('what changes under a read', () => {
  test('P36 blocks that were merged or pruned since a listing make it list anew', async () => {
    await using folder = await readerFolder();
    for (let minute = 0; minute < 3; minute++) {
      folder.append([logRecord({ timestamp: YESTERDAY + BigInt(minute) * MINUTE })]);
      folder.sealAll();
    }
    const day = dayOf(YESTERDAY);
    const stale = folder.days.listing(day);
    folder.append([logRecord({ timestamp: YESTERDAY })]);
    folder.sealAll();
    folder.sealAll();
    let attempts = 0;
    const open = () => {
      const listing = attempts++ === 0 ? stale : folder.days.listing(day);
      return listing.blocks.reduce((records, block) => records + folder.days.open(listing, block).times.length, 0);
    };
    expect(await folder.days.retrying(open)).toBe(4);
    expect(attempts).toBe(2);

    const alwaysStale = () => stale.blocks.map((block) => folder.days.open(stale, block).times.length);
    await expect(folder.days.retrying(alwaysStale)).rejects.toThrow(StoreUnavailableError);
  });

  test('P36 a day that was dropped, and came back as another file, is read anew', async () => {
    await using folder = await readerFolder();
    const day = dayOf(YESTERDAY);
    const bodies = async () => (await folder.searchHurried({ query: MATCH_ALL })).flat().map(({ body }) => body);
    const fill = (body: string) => {
      folder.append(Array.from({ length: 4 }, (_, index) => logRecord({ timestamp: YESTERDAY + BigInt(index), body })));
      folder.seal();
    };
    fill('first');
    expect(await bodies()).toEqual(Array.from({ length: 4 }, () => 'first'));
    // Nobody told the reader to let go: a damaged file is set aside without asking.
    folder.writer.dropDay({ day, now: Number(NOON / 1_000_000n) });
    expect(await bodies()).toEqual([]);
    fill('second');
    expect(await bodies()).toEqual(Array.from({ length: 4 }, () => 'second'));
    expect(folder.damaged).toEqual([]);
  });

  test('P36 blocks listed of a file that was let go are gone: another file may have blocks of the same numbers', async () => {
    await using folder = await readerFolder();
    folder.append([logRecord({ timestamp: YESTERDAY })]);
    folder.sealAll();
    const day = dayOf(YESTERDAY);
    const before = folder.days.listing(day);
    folder.days.release(day);
    let attempts = 0;
    const readTimes = () => {
      const listing = attempts++ === 0 ? before : folder.days.listing(day);
      return folder.days.open(listing, listing.blocks[0]!).times.length;
    };
    expect(await folder.days.retrying(readTimes)).toBe(1);
    expect(attempts).toBe(2);
  });

  test('hot records are read once, and those that come are added to them', async () => {
    await using folder = await readerFolder({ rows: 1000 });
    folder.append([logRecord({ timestamp: YESTERDAY, body: 'first' })]);
    const day = dayOf(YESTERDAY);
    const [first] = folder.days.listing(day).hot.records;
    folder.append([logRecord({ timestamp: YESTERDAY - 1n, body: 'late' })]);
    const { hot } = folder.days.listing(day);
    expect(hot.records.map(({ body }) => body)).toEqual(['late', 'first']);
    expect(hot.records[1]).toBe(first);
    expect(folder.days.listing(day).hot).toBe(hot);
  });
});

describe('damage', () => {
  /** Two blocks and a hot record, one section of the newer block changed. */
  async function damagedFolder(section: number) {
    const folder = await readerFolder();
    for (const [minute, body] of ['old', 'old', 'old', 'old', 'new', 'new', 'new', 'new', 'hot'].entries()) {
      folder.append([
        logRecord({
          timestamp: YESTERDAY + BigInt(minute) * MINUTE,
          body,
          attributes: { minute },
          traceId: '1af7651916cd43dd8448eb211c80319c',
        }),
      ]);
      folder.seal();
    }
    using database = openDatabase(join(folder.directory, fileNameOf(dayOf(YESTERDAY))), { create: false });
    const [id] = database.prepare('SELECT max(id) FROM block').get() as unknown as [number];
    const { changes } = database.prepare("UPDATE section SET data = x'0badbeef' WHERE id = ?").run(id * 4 + section);
    expect(changes).toBe(1);
    return folder;
  }

  test.each([
    ['places', 0],
    ['ids', 1],
    ['body', 2],
    ['attributes', 3],
  ])('what a damaged section (%s) takes with it is left out and reported once, and the rest is read', async (_, section) => {
    await using folder = await damagedFolder(section);
    const found = await search(folder.days, { query: MATCH_ALL, limit: 100 }, unhurried());
    expect(decodeAnswer(found.records).map(({ body }) => body)).toEqual(['hot', 'old', 'old', 'old', 'old']);
    expect(found).toMatchObject({ complete: true, next: null });
    expect(folder.damaged).toMatchObject([{ day: dayOf(YESTERDAY) }]);
    await search(folder.days, { query: MATCH_ALL, limit: 100 }, unhurried());
    expect(folder.damaged).toHaveLength(1);
  });

  test('counts leave out what cannot be read', async () => {
    await using folder = await damagedFolder(2);
    const boundaries = [YESTERDAY, NOON];
    const { counts } = await readHistogram(folder.days, { query: text('o'), boundaries }, unhurried());
    expect(counts.reduce((sum, count) => sum + count)).toBe(5);
    const fields = [{ kind: 'named', name: 'body' } as const];
    const [facets] = await readFacets(folder.days, { query: MATCH_ALL, fields, limit: 5 }, unhurried());
    expect(facets?.values).toEqual([
      { value: 'old', count: 4 },
      { value: 'hot', count: 1 },
    ]);
  });

  test('P17 a boundary that cuts a damaged block counts the rest; one that cuts none needs no block', async () => {
    await using folder = await damagedFolder(0);
    const sumFrom = async (from: bigint) => {
      const { counts, complete } = await readHistogram(
        folder.days,
        { query: MATCH_ALL, boundaries: [from, NOON] },
        unhurried(),
      );
      expect(complete).toBe(true);
      return counts.reduce((sum, count) => sum + count);
    };
    expect(await sumFrom(YESTERDAY)).toBe(9);
    expect(folder.damaged).toEqual([]);
    // In the middle of the damaged block: only the hot record can be told.
    expect(await sumFrom(YESTERDAY + 5n * MINUTE + 1n)).toBe(1);
    expect(folder.damaged).toHaveLength(1);
  });

  test('a header that is damaged takes its block with it; a file that is none, its day', async () => {
    await using folder = await damagedFolder(0);
    const path = join(folder.directory, fileNameOf(dayOf(YESTERDAY)));
    {
      using database = openDatabase(path, { create: false });
      database.exec("UPDATE block SET header = x'00' WHERE id = 1");
    }
    const bodies = async () => (await folder.searchHurried({ query: MATCH_ALL })).flat().map(({ body }) => body);
    expect(await bodies()).toEqual(['hot']);
    folder.days.release(dayOf(YESTERDAY));
    removeDatabase(path);
    copyFileSync(import.meta.filename, path);
    expect(await bodies()).toEqual([]);
    expect(folder.damaged.length).toBeGreaterThan(0);
  });
});

describe('single records', () => {
  test('P41 a record is found by its id wherever it is, and no other by an id near it', async () => {
    await using folder = await readerFolder();
    const times = [5, 1, 1, 3, 2, 2, 9, 0, 1];
    for (const minute of times) folder.append([logRecord({ timestamp: YESTERDAY + BigInt(minute) * MINUTE })]);
    folder.seal();
    const all = (await folder.searchHurried({ query: MATCH_ALL })).flat();
    expect(folder.days.listing(dayOf(YESTERDAY)).hot.records).toHaveLength(1);
    for (const record of all) {
      const found = await readRecord(folder.days, record.id);
      expect(decodeAnswer(found!)).toEqual([record]);
      expect(await readRecord(folder.days, `${record.id.slice(0, -4)}0fff`)).toBeNull();
      const context = await readContext(folder.days, { id: record.id, before: 2, after: 20 }, unhurried());
      const place = all.indexOf(record);
      expect(decodeAnswer(context!.before)).toEqual(all.slice(place + 1, place + 3).toReversed());
      expect(decodeAnswer(context!.after)).toEqual(all.slice(0, place).toReversed());
    }
  });
});
