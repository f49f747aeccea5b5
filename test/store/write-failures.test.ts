import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { dayOf } from '../../receiver/store/embedded/day.ts';
import type { Writer } from '../../receiver/store/embedded/write/writer.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import type { Batch } from '../../receiver/store/store.ts';
import { batch, DAY, logRecord, NOON } from '../helpers/records.ts';
import { expectConsistent, storedDays, storedRecords } from './stored-content.ts';
import { NOW, QUIET, writerFolder } from './writer-folder.ts';

const append = (writer: Writer, ...batches: Batch[]) => writer.append(encodeAppend(batches, NOW));

function workOn(writer: Writer): void {
  while (writer.step());
}

const records = (size: number, timestamp: bigint, text = '') =>
  Array.from({ length: size }, (_, index) =>
    logRecord({ timestamp: timestamp + BigInt(index), body: `${index}${text}` }),
  );

describe('a full disk', () => {
  /** A folder on a file system of four megabytes; null where this user may not mount one. */
  async function smallDisk() {
    const folder = await writerFolder();
    const mount = join(folder.directory, 'disk');
    mkdirSync(mount);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]).status !== 0) return null;
    return {
      directory: mount,
      folder,
      /** Leaves not a byte. */
      fillUp() {
        try {
          for (let number = 0; ; number++) writeFileSync(join(mount, `filler ${number}`), Buffer.alloc(4096));
        } catch {
          // It is full.
        }
      },
      async [Symbol.asyncDispose]() {
        folder.closeAll();
        spawnSync('umount', [mount]);
        await folder[Symbol.asyncDispose]();
      },
    };
  }

  test('P3 P36 refuses appends with the reason and keeps what was acknowledged; a day can be dropped on it, and then it goes on', async ({
    skip,
  }) => {
    await using disk = await smallDisk();
    if (!disk) return skip('needs the right to mount');
    const { folder, directory } = disk;
    const writer = folder.open({ directory });
    append(writer, batch(records(200, NOON - 3n * DAY, 'x'.repeat(3000)), 'old'));
    let acknowledged = 0;
    const fill = () => {
      for (; acknowledged < 1000; acknowledged++) {
        append(writer, batch(records(10, NOON - DAY, 'x'.repeat(3000)), `batch ${acknowledged}`));
      }
    };
    expect(fill).toThrow(StoreUnavailableError);
    disk.fillUp();
    expect(fill).toThrow(/is not available: (the disk is full|the disk reports an error)/);
    expect(acknowledged).toBeGreaterThan(5);
    // Nothing fits any more: sealing waits, and says so once.
    workOn(writer);
    folder.clock.now += QUIET;
    workOn(writer);
    expect(folder.said.filter((text) => text.includes('could not be put together'))).toHaveLength(1);
    expect(writer.count(dayOf(NOON - DAY))).toBe(acknowledged * 10);

    expect(writer.dropDay({ day: dayOf(NOON - 3n * DAY), now: NOW })).toBe(200);
    const [again] = append(writer, batch(records(200, NOON - 3n * DAY, 'x'.repeat(3000)), 'old')).batches;
    expect(again).toEqual({ duplicate: true, stored: 0 });
    append(writer, batch(records(1, NOON)));
    expect(writer.count(dayOf(NOON))).toBe(1);
    expect(storedRecords(directory)).toHaveLength(acknowledged * 10 + 1);
    expectConsistent(directory);
  });
});

describe('sealing that fails', () => {
  test('fails no append, is said once, and succeeds later', async () => {
    let isFull = true;
    await using folder = await writerFolder({
      onStep(step) {
        if (isFull && step === 'seal written') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
    const writer = folder.open();
    for (let round = 0; round < 10; round++) {
      append(writer, batch(records(64, NOON, `${round}`)));
      workOn(writer);
    }
    expect(folder.said).toEqual([expect.stringMatching(/2026-11-20.db: records could not be put together.*no space/)]);
    expect(storedDays(folder.directory)[0]!.blocks).toEqual([]);
    isFull = false;
    folder.clock.now += QUIET;
    append(writer, batch(records(64, NOON, 'last')));
    workOn(writer);
    expect(storedDays(folder.directory)[0]!.blocks).toHaveLength(11);
    expect(storedRecords(folder.directory)).toHaveLength(11 * 64);
    expectConsistent(folder.directory);
  });

  test('for a damaged chunk leaves that one where it is, says so, and goes on with the others', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    for (let round = 0; round < 4; round++) append(writer, batch(records(60, NOON, `${round}`)));
    using database = new DatabaseSync(join(folder.directory, '2026-11-20.db'));
    database.exec("UPDATE hot SET chunk = x'00017f' WHERE id = 2");
    workOn(writer);
    expect(folder.said).toHaveLength(1);
    folder.clock.now += QUIET;
    append(writer, batch(records(60, NOON, 'last')));
    workOn(writer);
    expect(database.prepare('SELECT id, records FROM block').all()).toEqual([
      { id: 1, records: 120 },
      { id: 2, records: 120 },
    ]);
    expect(database.prepare('SELECT id FROM hot').all()).toEqual([{ id: 2 }]);
    expect(readdirSync(folder.directory).filter((name) => name.endsWith('.damaged'))).toEqual([]);
  });

  test('for a day’s file that is broken sets it aside', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    append(writer, batch(records(30, NOON - DAY)));
    folder.close(writer);
    const path = join(folder.directory, '2026-11-19.db');
    writeFileSync(path, 'this is no database'.repeat(1000));
    const next = folder.open();
    folder.clock.now += QUIET;
    workOn(next);
    expect(folder.said).toEqual([
      expect.stringMatching(/2026-11-19.db is damaged .* set aside as 2026-11-19.db.damaged/),
    ]);
    expect(storedDays(folder.directory)).toEqual([]);
  });
});

describe('days without number', () => {
  test('files are few pages, few are open, and beyond the limit a batch is refused that would make more', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const days = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => logRecord({ timestamp: BigInt(first + index) * DAY }));
    append(writer, batch(days(1000, 60)));
    const files = readdirSync(folder.directory).filter((name) => /^\d{4}-.*db$/.test(name));
    expect(files).toHaveLength(60);
    const openFiles = () => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
    const open = openFiles();
    append(writer, batch(days(2000, 60)));
    expect(openFiles()).toBeLessThanOrEqual(open + 2);
    // As if so many were there.
    for (let day = 3000; day < 12_900; day++) {
      writeFileSync(join(folder.directory, `${new Date(day * 86_400_000).toISOString().slice(0, 10)}.db`), '');
    }
    expect(() => append(writer, batch(days(20_000, 1)))).toThrow(StoreError);
    expect(() => append(writer, batch(days(20_000, 1)))).toThrow(/holds records of 10020 days and takes 10000 at most/);
    expect(append(writer, batch(days(1000, 60))).batches).toEqual([{ duplicate: false, stored: 60 }]);
  });
});

test('a request over many days stores in each no more than its records name', async () => {
  await using folder = await writerFolder();
  const writer = folder.open();
  const resourceOf = (index: number) => ({ attributes: { large: `${index}`.repeat(20_000) } });
  const all = Array.from({ length: 40 }, (_, index) =>
    logRecord({ timestamp: BigInt(1000 + index) * DAY, body: `${index}`, resource: resourceOf(index) }),
  );
  append(writer, batch(all));
  const stored = storedRecords(folder.directory);
  expect(stored.map(({ body, resource }) => [body, resource])).toEqual(
    all.map(({ body, resource }) => [body, resource]),
  );
  folder.close(writer);
  const sizes = readdirSync(folder.directory).map((name) => statSync(join(folder.directory, name)).size);
  expect(Math.max(...sizes)).toBeLessThan(300_000);
});

describe('alert states', () => {
  test('P26 that nobody touched for a month are forgotten, others stay', async () => {
    await using folder = await writerFolder();
    const writer = folder.open();
    const commit = (key: string) => writer.commitAlerts([{ key, version: 0, state: 'x', alerts: [] }]);
    commit('old');
    folder.clock.now += 20 * 86_400_000;
    commit('younger');
    folder.clock.now += 11 * 86_400_000;
    commit('new');
    const states = writer.alertStates(['old', 'younger', 'new']).map(({ version }) => version);
    expect(states).toEqual([0, 1, 1]);
  });
});

test('P3 a day whose numbers are missing is set aside, and its records go into a new one', async () => {
  await using folder = await writerFolder();
  const first = folder.open();
  append(first, batch(records(3, NOON)));
  folder.close(first);
  const day = new DatabaseSync(join(folder.directory, '2026-11-20.db'));
  day.exec('DELETE FROM next');
  day.close();
  append(folder.open(), batch(records(2, NOON)));
  expect(folder.said).toEqual([expect.stringMatching(/the numbers to be given next are missing.* set aside as/)]);
  expect(storedRecords(folder.directory)).toHaveLength(2);
});

describe('a file of alerts that is damaged behind its first page', () => {
  /** A folder whose file of alerts has several pages, all of them noise but the first. */
  async function damagedFolder() {
    const folder = await writerFolder();
    const writer = folder.open();
    append(writer, batch(records(5, NOON)));
    const states = Array.from({ length: 200 }, (_, key) => ({
      key: `${key}`,
      version: 0,
      state: 'x'.repeat(100),
      alerts: [],
    }));
    writer.commitAlerts(states);
    folder.closeAll();
    const path = join(folder.directory, 'logvitals.db');
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(statSync(path).size - 4096, 0xee), 0, undefined, 4096);
    closeSync(file);
    return folder;
  }

  test('is set aside when that shows, and everything goes on with a new one', async () => {
    await using folder = await damagedFolder();
    const writer = folder.open();
    expect(writer.alertStates(['7'])).toEqual([{ key: '7', version: 0, state: '' }]);
    writer.ping();
    expect(writer.commitAlerts([{ key: '7', version: 0, state: 'new', alerts: [] }])).toEqual([true]);
    append(writer, batch(records(1, NOON - DAY)));
    expect(writer.count(dayOf(NOON))).toBe(5);
    expect(readdirSync(folder.directory)).toContain('logvitals.db.damaged');
    expect(folder.said).toEqual([expect.stringContaining('alert history starts anew')]);
  });
});
