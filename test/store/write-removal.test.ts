import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { type Day, dayOf, timeWithin } from '../../receiver/store/embedded/day.ts';
import type { Writer } from '../../receiver/store/embedded/write/writer.ts';
import { type Batch, DEDUPLICATION_WINDOW } from '../../receiver/store/store.ts';
import { batch, DAY, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { expectConsistent, storedDays, storedRecords } from './stored-content.ts';
import { NOW, QUIET, writerFolder } from './writer-folder.ts';

const YESTERDAY = dayOf(NOON - DAY);

function append(writer: Writer, ...batches: Batch[]) {
  return writer.append(encodeAppend(batches, NOW));
}

function workOn(writer: Writer): void {
  while (writer.step());
}

/** One record a minute from a time on, of several loggers and levels; every fifth has an id of its own. */
function records(size: number, start: bigint): LogRecord[] {
  return Array.from({ length: size }, (_, index) =>
    logRecord({
      timestamp: start + BigInt(index) * MINUTE,
      logger: `logger.${index % 3}`,
      severityNumber: [9, 13, 17, 5][index % 4]!,
      body: `record ${index}`,
      ...(index % 5 === 0 && { attributes: { 'log.record.uid': `${index}` } }),
    }),
  );
}

describe('records of a day that stays', () => {
  const start = NOON - DAY;
  const time = timeWithin(YESTERDAY, start + 100n * MINUTE);

  /** Sealed blocks, and hot chunks that reach over the same times. */
  async function sealedAndHot() {
    const folder = await writerFolder();
    const writer = folder.open();
    const all = records(300, start);
    append(writer, batch(all.filter((_, index) => index % 3 > 0)));
    workOn(writer);
    folder.clock.now += QUIET;
    workOn(writer);
    append(writer, batch(all.filter((_, index) => index % 3 === 0).slice(0, 60)));
    return { folder, writer, all: all.filter((_, index) => index % 3 > 0 || index < 180) };
  }

  test('P36 exactly the older ones go, at most so many in one transaction, counts with them, and a dry run says how many', async () => {
    const { folder, writer, all } = await sealedAndHot();
    await using _ = folder;
    const expected = all.filter(({ timestamp }) => timestamp < start + 100n * MINUTE).length;
    expect(writer.countBefore({ day: YESTERDAY, time })).toBe(expected);
    const before = new Map(storedRecords(folder.directory).map(({ id, body }) => [id, body]));
    let removed = 0;
    for (;;) {
      const piece = writer.removeBefore({ day: YESTERDAY, time, limit: 7 });
      removed += piece;
      expectConsistent(folder.directory);
      expect(storedRecords(folder.directory)).toHaveLength(all.length - removed);
      if (piece < 7) break;
    }
    expect(removed).toBe(expected);
    expect(writer.count(YESTERDAY)).toBe(all.length - expected);
    for (const { id, body, timestamp } of storedRecords(folder.directory)) {
      expect(timestamp).toBeGreaterThanOrEqual(start + 100n * MINUTE);
      expect(before.get(id)).toBe(body);
    }
    expect(writer.countBefore({ day: YESTERDAY, time })).toBe(0);
  });

  test('P36 a record that was removed is new again when it comes again, one that stays is not', async () => {
    const { folder, writer, all } = await sealedAndHot();
    await using _ = folder;
    const held = storedRecords(folder.directory).length;
    const removed = writer.removeBefore({ day: YESTERDAY, time, limit: 1000 });
    const isUnique = ({ attributes }: LogRecord) => attributes.has('log.record.uid');
    const { batches } = append(writer, batch(all.filter(isUnique)));
    const removedUnique = all.filter((record) => isUnique(record) && record.timestamp < start + 100n * MINUTE);
    expect(batches).toEqual([{ duplicate: false, stored: removedUnique.length }]);
    expect(storedRecords(folder.directory)).toHaveLength(held - removed + removedUnique.length);
  });

  test('P36 a block that cannot be read stays as it is, and the others go on', async () => {
    const { folder, writer } = await sealedAndHot();
    await using _ = folder;
    const path = join(folder.directory, '2026-11-19.db');
    using database = new DatabaseSync(path);
    database.exec("UPDATE section SET data = x'00' WHERE id / 4 = 1");
    const count = writer.countBefore({ day: YESTERDAY, time });
    expect(count).toBeGreaterThan(0);
    expect(writer.removeBefore({ day: YESTERDAY, time, limit: 1000 })).toBe(count);
    expect(database.prepare('SELECT count(*) AS n FROM block WHERE id = 1').get()).toEqual({ n: 1 });
    expect(readdirSync(folder.directory).filter((name) => name.endsWith('.damaged'))).toEqual([]);
  });
});

describe('whole days', () => {
  const drop = (writer: Writer, day: Day) => writer.dropDay({ day, now: NOW });

  test('P36 a day goes with its file, open or not, and says what it held; its batches stay known', async () => {
    await using folder = await writerFolder();
    const first = folder.open();
    append(first, batch(records(50, NOON - DAY), 'key'), batch(records(30, NOON - 2n * DAY)));
    expect(drop(first, YESTERDAY)).toBe(50);
    folder.close(first);
    const writer = folder.open();
    expect(drop(writer, YESTERDAY - 1)).toBe(30);
    expect(drop(writer, YESTERDAY - 1)).toBe(0);
    expect(readdirSync(folder.directory).filter((name) => name.startsWith('2026'))).toEqual([]);
    expect(append(writer, batch(records(50, NOON - DAY), 'key')).batches).toEqual([{ duplicate: true, stored: 0 }]);
    const later = NOW + DEDUPLICATION_WINDOW + 1;
    const again = encodeAppend([batch(records(50, NOON - DAY), 'key')], later);
    expect(writer.append(again).batches).toEqual([{ duplicate: false, stored: 50 }]);
  });

  test('P36 a day whose file is damaged can be removed', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    append(writer, batch(records(50, NOON - DAY)));
    folder.close(writer);
    using database = new DatabaseSync(join(folder.directory, '2026-11-19.db'));
    database.exec('DROP TABLE batch');
    database.close();
    expect(drop(folder.open(), YESTERDAY)).toBe(0);
    expect(storedDays(folder.directory)).toEqual([]);
  });

  test('P36 days of the future are as old as what was last written to them', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const days = [-3n, -1n, 0n, 1n, 30n, 300n].map((distance) => NOON + distance * DAY);
    for (const timestamp of days) append(writer, batch([logRecord({ timestamp })]));
    folder.close(writer);
    // The farthest was written an hour ago, all others now.
    const farthest = join(folder.directory, '2027-09-16.db');
    utimesSync(farthest, new Date(NOW - 3_600_000), new Date(NOW - 3_600_000));
    for (const day of ['2026-11-17', '2026-11-19', '2026-11-20', '2026-11-21', '2026-12-20']) {
      utimesSync(join(folder.directory, `${day}.db`), new Date(NOW), new Date(NOW));
    }
    const next = folder.open();
    const older = (hours: number) => next.daysBefore({ time: NOW - hours * 3_600_000, now: NOW });
    expect(older(49)).toEqual([dayOf(days[0]!)]);
    expect(older(2)).toEqual([dayOf(days[0]!), dayOf(days[1]!)]);
    expect(older(0.5)).toEqual([dayOf(days[0]!), dayOf(days[1]!), dayOf(days[5]!)]);
  });
});

describe('the total size', () => {
  test('P36 while days take more than they may, the oldest is to go; then the farthest of the future; never the present', async () => {
    const toDrop: Day[] = [];
    await using folder = await writerFolder({ maxBytes: 1, onTooLarge: (day) => toDrop.push(day) });
    const writer = folder.open();
    for (const distance of [-2n, -1n, 0n, 1n, 5n]) append(writer, batch(records(5, NOON + distance * DAY)));
    const today = dayOf(NOON);
    for (let round = 0; round < 6; round++) {
      writer.checkSize();
      const day = toDrop.at(-1)!;
      if (round < 4) writer.dropDay({ day, now: NOW });
    }
    expect(toDrop).toEqual([today - 2, today - 1, today + 5, today + 1]);
    expect(folder.said).toEqual([expect.stringMatching(/more than the 1 it may \(maxBytes\).*present day alone/)]);
  });

  test('P36 nothing goes while the days fit', async () => {
    const toDrop: Day[] = [];
    await using folder = await writerFolder({ onTooLarge: (day) => toDrop.push(day) });
    const writer = folder.open();
    for (const distance of [-2n, -1n, 0n]) append(writer, batch(records(5, NOON + distance * DAY)));
    folder.close(writer);
    const size = readdirSync(folder.directory)
      .filter((name) => name.startsWith('2026'))
      .reduce((sum, name) => sum + statSync(join(folder.directory, name)).size, 0);
    folder.open({ maxBytes: size }).checkSize();
    expect(toDrop).toEqual([]);
  });
});
