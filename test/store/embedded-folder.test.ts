import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, open, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { at, batch, DAY, logRecord, NOON } from '../helpers/records.ts';
import { searchAll, searchBodies } from './contract/harness.ts';
import { embeddedFolder } from './embedded-folder.ts';

/** Nothing is timed; this only ends a wait that would be in vain. */
const PATIENTLY = { timeout: 50_000 };

const CHILD = join(import.meta.dirname, 'embedded-child.ts');

test.skipIf(process.platform === 'win32')('a folder that is made is its owner’s alone', async () => {
  await using folder = await embeddedFolder();
  const directory = join(folder.directory, 'new', 'data');
  await folder.open({ directory });
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

describe('one process to a folder', () => {
  test('a second process is refused with the folder and the owner’s id, and comes in when the first is killed', async () => {
    await using folder = await embeddedFolder();
    const child = spawn(process.execPath, [CHILD, folder.directory, 'open'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = new Promise((resolve) => child.on('close', resolve));
    try {
      await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
      const refusal = await folder.open().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StoreError);
      expect(refusal).not.toBeInstanceOf(StoreUnavailableError);
      expect((refusal as StoreError).message).toContain(folder.directory);
      expect((refusal as StoreError).message).toContain(`process ${child.pid}`);
    } finally {
      child.kill('SIGKILL');
      await gone;
    }
    await expect((await folder.open()).ping()).resolves.toBeUndefined();
  });

  test('a second store of the same process is refused too, until the first is closed', async () => {
    await using folder = await embeddedFolder();
    const first = await folder.open();
    await expect(folder.open()).rejects.toThrow('in use by this process itself');
    await first.close();
    await expect((await folder.open()).ping()).resolves.toBeUndefined();
  });
});

describe('folders that cannot be used', () => {
  test('a folder of a newer version is refused, and left as it is', async () => {
    await using folder = await embeddedFolder();
    await (await folder.open()).close();
    const path = join(folder.directory, 'logvitals.db');
    withDatabase(path, (database) => database.exec('PRAGMA user_version = 99'));
    const refusal = await folder.open().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StoreError);
    expect((refusal as StoreError).message).toMatch(/newer logvitals \(format 99, this one knows 2\)/);
    const version = withDatabase(path, (database) => database.prepare('PRAGMA user_version').get());
    expect(version).toEqual({ user_version: 99 });
  });

  test('P34 a folder that cannot be made is refused with its name', async () => {
    await using folder = await embeddedFolder();
    const file = join(folder.directory, 'file');
    await writeFile(file, '');
    await expect(folder.open({ directory: join(file, 'data') })).rejects.toThrow(join(file, 'data'));
  });

  test('P34 a folder that cannot be written says that the storage is not available', async ({ skip }) => {
    await using folder = await embeddedFolder();
    const directory = join(folder.directory, 'data');
    await mkdir(directory);
    await chmod(directory, 0o555);
    await chmod(folder.directory, 0o755);
    // Root may write anywhere, so somebody else has to try.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { status, stdout } = spawnSync(process.execPath, [CHILD, directory, 'open'], { ...nobody, encoding: 'utf8' });
    if (status === null) skip('this machine lets no other user run Node');
    expect(stdout).toContain('StoreUnavailableError');
    expect(stdout).toContain(directory);
  });

  test('P3 what does not fit the disk is refused as unavailable; what was acknowledged stays, and the store goes on', async ({
    skip,
  }) => {
    if (process.platform === 'win32') skip('needs a limit on file sizes');
    await using folder = await embeddedFolder();
    // A limit on the size of a file stands for a full disk; the shell ignores the signal that comes with it.
    const command = `trap '' XFSZ; ulimit -f 4096; exec "$@"`;
    const days = ['2026-11-19', '2026-11-20'];
    const child = ['sh', process.execPath, CHILD, folder.directory, 'fill', ...days];
    const { stdout } = spawnSync('sh', ['-c', command, ...child], { encoding: 'utf8' });
    const outcomes = stdout.trim().split('\n');
    expect(outcomes).toHaveLength(days.length);
    const store = await folder.open();
    for (const [index, outcome] of outcomes.entries()) {
      const [, stored, error] = /^\S+ (\d+) (\w+): /.exec(outcome) ?? [];
      expect(error).toBe('StoreUnavailableError');
      expect(Number(stored)).toBeGreaterThan(0);
      const from = at(`${days[index]}T00:00:00Z`);
      expect(await searchAll(store, { from, to: from + 86_400_000_000_000n })).toHaveLength(Number(stored));
    }
    await expect(store.append([batch([logRecord()])])).resolves.toHaveLength(1);
  });
});

describe('many days', () => {
  test('P36 days that are wholly older go with their files, and nothing keeps these open', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const days = Array.from({ length: 5 }, (_, day) =>
      logRecord({ timestamp: NOON - BigInt(day) * DAY, body: `${day}` }),
    );
    await store.append([batch(days)]);
    expect(await searchAll(store)).toHaveLength(days.length);
    expect(await store.prune({ olderThan: NOON - 2n * DAY, batchSize: 100, dryRun: false })).toEqual({ removed: 2 });
    const files = (await readdir(folder.directory)).filter((name) => /^\d{4}-/.test(name) && !/-(wal|shm)$/.test(name));
    expect(files.sort()).toEqual(['2026-11-18.db', '2026-11-19.db', '2026-11-20.db']);
    expect((await openFiles(folder.directory)).filter((path) => path.includes('(deleted)'))).toEqual([]);
    expect(await searchBodies(store)).toEqual(['0', '1', '2']);
    // A late record makes its day anew.
    await store.append([batch([logRecord({ timestamp: NOON - 4n * DAY, body: 'late' })])]);
    expect(await searchBodies(store)).toEqual(['0', '1', '2', 'late']);
  });

  test('more days than are kept open are written and read, and few files stay open', async () => {
    await using folder = await embeddedFolder();
    const store = await folder.open();
    const records = Array.from({ length: 70 }, (_, day) =>
      logRecord({ timestamp: NOON - BigInt(day) * DAY, body: `${day}`, severityNumber: 17 }),
    );
    await store.append([batch(records)]);
    expect(await searchBodies(store, { limit: 9 })).toEqual(records.map(({ body }) => body));
    const boundaries = [NOON - 100n * DAY, NOON + DAY];
    const [card] = await store.cards({ boundaries, recentFrom: NOON - 50n * DAY });
    expect(card?.recent.ERROR).toBe(51);
    expect((await openFiles(folder.directory)).length).toBeLessThan(3 * 50);
  });
});

/** The files in a folder that this process has open, where the system tells. */
async function openFiles(directory: string): Promise<string[]> {
  const links = await readdir('/proc/self/fd').catch(() => []);
  const paths = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(directory));
}

describe('damaged files', () => {
  const other = at('2026-11-19T12:00:00Z');

  /** A store with a record on each of two days, closed again. */
  async function twoDays() {
    const folder = await embeddedFolder();
    const store = await folder.open();
    await store.append([
      batch([logRecord({ body: 'damaged day' }), logRecord({ body: 'sound day', timestamp: other })]),
    ]);
    await store.close();
    return folder;
  }

  test('a day’s file that is no database is set aside when it is read; the other days and new records go on', async () => {
    await using folder = await twoDays();
    await writeFile(join(folder.directory, '2026-11-20.db'), 'this is no database, whatever its name says'.repeat(100));
    const store = await folder.open();
    expect(await searchBodies(store)).toEqual(['sound day']);
    expect((await store.loggers()).map(({ lastSeen }) => lastSeen)).toEqual([other]);
    await expect.poll(() => folder.said.join('\n'), PATIENTLY).toContain('2026-11-20.db is damaged');
    expect(await readdir(folder.directory)).toContain('2026-11-20.db.damaged');
    await store.append([batch([logRecord({ body: 'new' })])]);
    expect(await searchBodies(store)).toEqual(['new', 'sound day']);
  });

  test('a day’s file that is broken inside is set aside when it is written, and what came is kept', async () => {
    await using folder = await twoDays();
    const path = join(folder.directory, '2026-11-20.db');
    // All pages but the first, which holds the list of tables.
    const pages = withDatabase(path, (database) => database.prepare('PRAGMA page_count').get()) as {
      page_count: number;
    };

    const file = await open(path, 'r+');
    await file.write(Buffer.alloc((pages.page_count - 1) * 4096, 0xee), 0, undefined, 4096);
    await file.close();
    const store = await folder.open();
    const [appended] = await store.append([batch([logRecord({ body: 'new' })])]);
    expect(appended?.stored).toBe(1);
    expect(await searchBodies(store)).toEqual(['new', 'sound day']);
    expect(await readdir(folder.directory)).toContain('2026-11-20.db.damaged');
    expect(folder.said.join('\n')).toContain('2026-11-20.db is damaged');
  });

  test('a damaged file of alert states is set aside, and records are untouched', async () => {
    await using folder = await twoDays();
    await writeFile(join(folder.directory, 'logvitals.db'), 'no database either'.repeat(1000));
    const store = await folder.open();
    expect(await searchBodies(store)).toEqual(['damaged day', 'sound day']);
    expect(await store.alertStates(['key'])).toEqual([{ key: 'key', version: 0, state: '' }]);
    expect(await readdir(folder.directory)).toContain('logvitals.db.damaged');
    expect(folder.said.join('\n')).toContain('logvitals.db is damaged');
  });

  test('a record that cannot be read is left out and said, and the rest of its day goes on', async () => {
    await using folder = await twoDays();
    withDatabase(join(folder.directory, '2026-11-20.db'), (database) =>
      database.exec("UPDATE hot SET chunk = x'00017f'"),
    );
    const store = await folder.open();
    await store.append([batch([logRecord({ body: 'new' })])]);
    const query = { type: 'text', text: 'day' } as const;
    expect(await searchBodies(store, { query })).toEqual(['sound day']);
    await expect
      .poll(() => folder.said.join('\n'), PATIENTLY)
      .toContain('2026-11-20.db: some records cannot be read and are left out');
    expect(await readdir(folder.directory)).not.toContain('2026-11-20.db.damaged');
    expect(await searchBodies(store)).toEqual(['new', 'sound day']);
  });

  test('a damaged lock file keeps nobody out', async () => {
    await using folder = await twoDays();
    await writeFile(join(folder.directory, 'lock.db'), 'no lock'.repeat(1000));
    expect(await searchBodies(await folder.open())).toEqual(['damaged day', 'sound day']);
    await expect(folder.open()).rejects.toThrow('in use by this process itself');
  });

  test('a day’s file that somebody removed is a day without records', async () => {
    await using folder = await twoDays();

    await rm(join(folder.directory, '2026-11-20.db'));
    const store = await folder.open();
    expect(await searchBodies(store)).toEqual(['sound day']);
    await store.append([batch([logRecord({ body: 'new', timestamp: NOON })])]);
    expect(await searchBodies(store)).toEqual(['new', 'sound day']);
  });
});

function withDatabase<T>(path: string, work: (database: DatabaseSync) => T): T {
  using database = new DatabaseSync(path);
  return work(database);
}
