import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { openDayDatabase } from '../../receiver/store/embedded/write/day-database.ts';
import type { Writer } from '../../receiver/store/embedded/write/writer.ts';
import type { Batch } from '../../receiver/store/store.ts';
import { batch, DAY, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { expectConsistent, storedDays, storedRecords } from './stored-content.ts';
import { NOW, QUIET, SMALL_BLOCKS, writerFolder } from './writer-folder.ts';

const YESTERDAY = NOON - DAY;

function append(writer: Writer, ...batches: Batch[]) {
  return writer.append(encodeAppend(batches, NOW));
}

/** Records of every level and of several loggers, each with a body of its own. */
function records(size: number, start: bigint, name = 'record'): LogRecord[] {
  return Array.from({ length: size }, (_, index) =>
    logRecord({
      timestamp: start + BigInt((index * 7) % size) * MINUTE,
      logger: `logger.${index % 3}`,
      severityNumber: [9, 13, 17, 5][index % 4]!,
      body: `${name} ${index}`,
      ...(index % 5 === 0 && { attributes: { 'log.record.uid': `${name} ${index}` } }),
    }),
  );
}

/** All that is due, until nothing is. */
function workOn(writer: Writer): number {
  let steps = 0;
  while (writer.step()) steps++;
  return steps;
}

const bodies = (list: readonly LogRecord[]) => list.map(({ body }) => String(body)).sort();
const ids = (directory: string) => new Map(storedRecords(directory).map(({ id, body }) => [body, id]));

describe('sealing', () => {
  test('P9 hot records become blocks of the size asked for, in one step each, and keep their ids', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const all = records(200, YESTERDAY);
    for (let first = 0; first < all.length; first += 20) append(writer, batch(all.slice(first, first + 20)));
    const before = ids(folder.directory);
    expect(writer.step()).toBe(true);
    expect(storedDays(folder.directory)[0]!.blocks.map((block) => block.length)).toEqual([80]);
    workOn(writer);
    const [day] = storedDays(folder.directory);
    expect(day!.blocks.map((block) => block.length)).toEqual([80, 80]);
    expect(day!.hot.flat()).toHaveLength(40);
    expect(bodies(storedRecords(folder.directory))).toEqual(bodies(all));
    expect(ids(folder.directory)).toEqual(before);
    expectConsistent(folder.directory);
  });

  test('P9 a day other than the present one is sealed to the last record once it is quiet; the present one stays hot', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    append(writer, batch([...records(10, YESTERDAY), ...records(10, NOON, 'today')]));
    workOn(writer);
    folder.clock.now += QUIET / 2;
    expect(workOn(writer)).toBe(0);
    folder.clock.now += QUIET / 2;
    workOn(writer);
    const [yesterday, today] = storedDays(folder.directory);
    expect([yesterday!.blocks.length, yesterday!.hot.length]).toEqual([1, 0]);
    expect([today!.blocks.length, today!.hot.length]).toEqual([0, 1]);
    // Midnight passes.
    folder.clock.now += 24 * 60 * 60 * 1000;
    workOn(writer);
    expect(storedDays(folder.directory)[1]!.hot).toEqual([]);
    expectConsistent(folder.directory);
  });

  test('P9 a day that gets late records again and again waits longer each time before it is sealed anew', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const hotAfterQuiet = (name: string) => {
      append(writer, batch(records(3, YESTERDAY, name)));
      folder.clock.now += QUIET;
      workOn(writer);
      return storedDays(folder.directory)[0]!.hot.flat().length;
    };
    expect(hotAfterQuiet('first')).toBe(0);
    expect(hotAfterQuiet('second')).toBe(3);
    folder.clock.now += QUIET;
    workOn(writer);
    expect(storedDays(folder.directory)[0]!.hot).toEqual([]);
    expectConsistent(folder.directory);
  });

  test('P9 late records join the undersized block of their day, so that no tiny blocks stay', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const before = new Map<unknown, string>();
    for (let round = 0; round < 12; round++) {
      append(writer, batch(records(3, YESTERDAY, `round ${round}`)));
      for (const [body, id] of ids(folder.directory)) before.set(body, id);
      folder.clock.now += 10 * QUIET;
      workOn(writer);
    }
    const [day] = storedDays(folder.directory);
    expect(day!.blocks.map((block) => block.length)).toEqual([33, 3]);
    expect(ids(folder.directory)).toEqual(before);
    expectConsistent(folder.directory);
  });

  test('what an earlier process left hot in a day that is over is sealed by the next', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    append(writer, batch(records(10, YESTERDAY)));
    folder.close(writer);
    const next = folder.open();
    folder.clock.now += QUIET;
    workOn(next);
    expect(storedDays(folder.directory)[0]!.hot).toEqual([]);
    expectConsistent(folder.directory);
  });

  test('large records make smaller blocks, and an append larger than a block makes several', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const large = Array.from({ length: 12 }, (_, index) => logRecord({ body: `${index} ${'x'.repeat(300_000)}` }));
    append(writer, batch(large), batch(records(300, YESTERDAY)));
    workOn(writer);
    const [yesterday, today] = storedDays(folder.directory);
    expect(yesterday!.blocks.map((block) => block.length)).toEqual([64, 64, 64, 64]);
    expect(today!.blocks.map((block) => block.length)).toEqual([6, 6]);
    expectConsistent(folder.directory);
  });

  test('a backlog of hot records is sealed before more is taken', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    for (let round = 0; round < 20; round++) append(writer, batch(records(64, NOON, `${round}`)));
    const [day] = storedDays(folder.directory);
    expect(day!.hot.length).toBeLessThanOrEqual(5);
    expect(storedRecords(folder.directory)).toHaveLength(20 * 64);
  });
});

test.each([
  ['normal', 1],
  ['full', 2],
] as const)('P9 durability %s is what SQLite calls synchronous = %i', async (durability, synchronous) => {
  await using folder = await writerFolder();
  const path = join(folder.directory, '2026-11-20.db');
  using database = openDayDatabase({ path, durability, keys: () => [] });
  expect(database.prepare('PRAGMA synchronous').get()).toEqual([synchronous]);
});

describe('trickle', () => {
  test('small chunks are put together: few stay, whatever comes in, and each record is rewritten seldom', async () => {
    const steps: string[] = [];
    const limits = { rows: 8192, bytes: SMALL_BLOCKS.bytes * 16 };
    await using folder = await writerFolder({ limits, onStep: (step) => steps.push(step) });
    const writer = folder.open();
    let most = 0;
    for (let index = 0; index < 600; index++) {
      append(writer, batch([logRecord({ body: `${index}`, timestamp: NOON + BigInt(index) })]));
      workOn(writer);
      most = Math.max(most, storedDays(folder.directory)[0]!.hot.length);
    }
    expect(most).toBeLessThanOrEqual(3 * 16);
    const [day] = storedDays(folder.directory);
    expect(day!.hot.flat().map(({ body }) => body)).toEqual(Array.from({ length: 600 }, (_, index) => `${index}`));
    const compactions = steps.filter((step) => step === 'compact committed').length;
    expect(compactions).toBeLessThanOrEqual(600 / 16 + 600 / 256 + 1);
    expect(steps.filter((step) => step.startsWith('seal'))).toEqual([]);
  });
});
