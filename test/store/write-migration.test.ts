import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import type { Writer } from '../../receiver/store/embedded/write/writer.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { batch, logRecord } from '../helpers/records.ts';
import {
  FIXTURE_ALERT,
  FIXTURE_BATCH,
  FIXTURE_START,
  fixtureIds,
  fixtureKey,
  fixtureRecords,
  writeFixture,
} from './embedded-v1.ts';
import { expectConsistent, storedDays, storedRecords } from './stored-content.ts';
import { SMALL_BLOCKS, writerFolder } from './writer-folder.ts';

/** When the fixture was written, in milliseconds: its batches are known for six hours. */
const WRITTEN = Number(FIXTURE_START / 1_000_000n) + 86_400_000;

/** A folder as the first format's version left it. */
async function oldFolder() {
  const folder = await writerFolder();
  writeFixture(folder.directory);
  folder.clock.now = WRITTEN;
  return folder;
}

const dayFiles = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('2026'));

/** The fixture's records with the ids that the first format gave them, by id. */
function expected() {
  const ids = fixtureIds();
  return fixtureRecords()
    .map((record, index) => ({ id: ids[index]!, ...record }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function expectConverted(directory: string): void {
  const stored = storedRecords(directory).sort((one, other) => (one.id < other.id ? -1 : 1));
  expect(stored).toEqual(expected());
  expectConsistent(directory);
}

describe('a folder of the first format', () => {
  test('is converted when it is opened: every record as it was, with its id, in blocks, and this is said', async () => {
    await using folder = await oldFolder();
    folder.open();
    expectConverted(folder.directory);
    expect(storedDays(folder.directory).map(({ blocks }) => blocks.map((block) => block.length))).toEqual([
      [SMALL_BLOCKS.rows, 56],
      [SMALL_BLOCKS.rows, 56],
    ]);
    expect(folder.said).toEqual([
      expect.stringContaining('has 2 days in the format of an earlier version'),
      expect.stringContaining('is converted'),
    ]);
    expect(dayFiles(folder.directory).filter((name) => name.includes('converting'))).toEqual([]);
  });

  test('keeps what it knew: batches, unique records, numbers, alert states and history', async () => {
    await using folder = await oldFolder();
    const writer = folder.open();
    const records = fixtureRecords();
    const append = (writer: Writer, ...batches: Parameters<typeof encodeAppend>[0]) =>
      writer.append(encodeAppend(batches, WRITTEN));
    expect(append(writer, batch(records.slice(0, FIXTURE_BATCH), fixtureKey(0))).batches).toEqual([
      { duplicate: true, stored: 0 },
    ]);
    const unique = records.filter(({ attributes }) => attributes.has('log.record.uid'));
    expect(append(writer, batch(unique)).batches).toEqual([{ duplicate: false, stored: 0 }]);
    expect(append(writer, batch([logRecord({ timestamp: FIXTURE_START })])).sequences).toEqual(new Uint32Array([121]));
    const { key, state, version, alerts } = FIXTURE_ALERT;
    expect(writer.alertStates([key])).toEqual([{ key, version: version + 1, state }]);
    expect(writer.alerts({ limit: 5 })).toEqual(alerts);
    expect(writer.commitAlerts([{ ...FIXTURE_ALERT, version: 1, alerts: [] }])).toEqual([true]);
  });

  test('is converted once, and day by day: what failed in between goes on at the next start', async () => {
    await using folder = await oldFolder();
    const stopped = (step: string) => {
      if (step === 'migration committed') throw new Error('stopped between two days');
    };
    expect(() => folder.open({ onStep: stopped })).toThrow('stopped between two days');
    expect(folder.said).toHaveLength(1);
    folder.open();
    expectConverted(folder.directory);
    expect(folder.said[1]).toContain('has 1 days in the format');
  });

  test('P34 that cannot be converted now, for want of room, says so and stays as it was', async () => {
    await using folder = await oldFolder();
    const before = readFileSync(join(folder.directory, '2026-11-18.db'));
    const full = (step: string) => {
      if (step !== 'migration block written') return;
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    expect(() => folder.open({ onStep: full })).toThrow(StoreUnavailableError);
    expect(readFileSync(join(folder.directory, '2026-11-18.db'))).toEqual(before);
    folder.open();
    expectConverted(folder.directory);
  });

  test('with a damaged record loses it alone, and says how many; a damaged file is set aside', async () => {
    await using folder = await oldFolder();
    using database = new DatabaseSync(join(folder.directory, '2026-11-18.db'));
    database.exec("UPDATE record SET data = x'00017f' WHERE sequence = 1");
    database.close();
    writeFileSync(join(folder.directory, '2026-11-19.db'), 'no database'.repeat(1000));
    folder.open();
    expect(storedRecords(folder.directory)).toHaveLength(119);
    expect(folder.said.join('\n')).toMatch(/1 records cannot be read and are left out/);
    expect(folder.said.join('\n')).toMatch(/2026-11-19.db is damaged .*set aside as 2026-11-19.db.damaged/);
  });
});

test('a folder without its file of alert states is converted too', async () => {
  await using folder = await oldFolder();
  writeFileSync(join(folder.directory, 'logvitals.db'), 'damaged'.repeat(1000));
  folder.open();
  expectConverted(folder.directory);
});

test('a day’s file of another format among present ones is refused by name', async () => {
  await using folder = await writerFolder();
  const writer = folder.open();
  for (const version of [1, 99]) {
    using database = new DatabaseSync(join(folder.directory, '2026-11-19.db'));
    database.exec(`CREATE TABLE IF NOT EXISTS x (y); PRAGMA user_version = ${version}`);
    database.close();
    const append = () =>
      writer.append(encodeAppend([batch([logRecord({ timestamp: FIXTURE_START + 86_400_000_000_000n })])], WRITTEN));
    expect(append).toThrow(StoreError);
    expect(append).toThrow(`2026-11-19.db is of format ${version}, and this version of logvitals writes format 2`);
  }
});
