import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Collection } from 'mongodb';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../receiver/record/clock.ts';
import { Database } from '../../receiver/store/mongodb/database.ts';
import { DEFAULTS } from '../../receiver/store/mongodb/options.ts';
import { UnfinishedSteps } from '../../receiver/store/mongodb/write/unfinished-steps.ts';
import { eventually } from '../helpers/eventually.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { MINUTE } from '../helpers/records.ts';
import { searchAll } from './contract/harness.ts';
import { expectAgreement, expectEachOnce } from './mongodb-crash-checks.ts';
import { CRASH_RECORDS, type CrashTask, crashAppend, crashPrune, PRUNED_BEFORE } from './mongodb-crash-tasks.ts';
import { mongodbStores, type TestMongodbStores } from './mongodb-database.ts';

/** More commands than a task has. */
const MAX_COMMANDS = 40;
const PATIENCE = 30_000;
const HOUR = 3_600_000;

describe.skipIf((await findMongodb()) === null)('MongoDB and frozen receivers', () => {
  test('P9 P37 frozen for long at each command of an append, and killed when it goes on: what it stored is counted', async () => {
    await atEachCommand('append', async ({ stores, goOn }) => {
      await using other = await otherReceiver(stores.database.url);
      await other.lookAfter(0);
      await other.lookAfter(HOUR);
      await other.lookAfter(HOUR);
      await goOn();
      await other.lookAfter(12 * HOUR);
      const store = await stores.open();
      await expectAgreement(store, await searchAll(store));
      await crashAppend(store);
      await expectEachOnce(store);
    });
  }, 300_000);

  test('P36 P37 frozen at each command of pruning while another prunes, and killed when it goes on: each record is taken off the counts once', async () => {
    await atEachCommand(
      'prune',
      async ({ stores, goOn }) => {
        const kept = CRASH_RECORDS.filter(({ timestamp }) => timestamp >= PRUNED_BEFORE);
        // By its clock nobody prunes any more.
        const other = await stores.open({ now: () => systemClock() + 3n * MINUTE });
        await crashPrune(other);
        await expectAgreement(other, kept);
        await goOn();
        await using later = await otherReceiver(stores.database.url);
        await later.lookAfter(HOUR);
        await later.lookAfter(HOUR);
        await crashPrune(other);
        expect(await searchAll(other)).toHaveLength(kept.length);
        await expectAgreement(other, kept);
      },
      async (stores) => {
        const store = await stores.open();
        await crashAppend(store);
      },
    );
  }, 300_000);

  test('P9 P37 frozen for more than a day amid storing: it finds its step crossed out when it goes on, and all is counted once', async () => {
    await using frozen = await frozenAmidStoring();
    await frozen.other.lookAfter(0);
    await frozen.other.lookAfter(HOUR);
    await frozen.other.lookAfter(25 * HOUR);
    expect(await frozen.stepsWrittenDown()).toBe(0);
    frozen.goOn();
    await frozen.answer;
    await expectEachOnce(frozen.store);
  });

  test('P9 P37 the same when it is too late by its own clock, and nobody repeats what it refuses', async () => {
    await using frozen = await frozenAmidStoring();
    await frozen.other.lookAfter(0);
    await frozen.other.lookAfter(HOUR);
    await frozen.other.lookAfter(25 * HOUR);
    const { now } = performance;
    vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 26 * HOUR);
    frozen.goOn();
    await expect(frozen.answer).rejects.toThrow('storing took longer than 20 s');
    await frozen.other.lookAfter(0);
    await frozen.other.lookAfter(HOUR);
    await expectAgreement(frozen.store, await searchAll(frozen.store));
    await crashAppend(frozen.store);
    await expectEachOnce(frozen.store);
  });
});

/** A store whose append stands still before it sends its first records, and another receiver. */
async function frozenAmidStoring() {
  const stores = await mongodbStores();
  const store = await stores.open();
  const { promise: isGoingOn, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: isStoring, resolve: storing } = Promise.withResolvers<void>();
  const { insertMany } = Collection.prototype;
  vi.spyOn(Collection.prototype, 'insertMany').mockImplementation(async function (this: Collection, ...parameters) {
    if (this.collectionName === 'logs') {
      storing();
      await isGoingOn;
    }
    return insertMany.apply(this, parameters);
  });
  const answer = crashAppend(store);
  answer.catch(() => {});
  await isStoring;
  const other = await otherReceiver(stores.database.url);
  return {
    store,
    answer,
    other,
    goOn,
    stepsWrittenDown: () => other.database.journal.countDocuments(),
    async [Symbol.asyncDispose]() {
      vi.restoreAllMocks();
      goOn();
      await other[Symbol.asyncDispose]();
      await stores[Symbol.asyncDispose]();
    },
  };
}

interface Frozen {
  readonly stores: TestMongodbStores;
  /** Resolves when the child has killed itself. */
  goOn(): Promise<void>;
}

/** Has a child freeze at its first command, on another database at its second, and so on until it has no more. */
async function atEachCommand(
  task: CrashTask,
  check: (frozen: Frozen) => Promise<void>,
  prepare: (stores: TestMongodbStores) => Promise<void> = async () => {},
): Promise<void> {
  for (let command = 1; command < MAX_COMMANDS; command++) {
    await using stores = await mongodbStores();
    await prepare(stores);
    const program = join(import.meta.dirname, 'mongodb-child.ts');
    const child = spawn(process.execPath, [program, stores.database.url, task, 'frozen', String(command)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    try {
      const said = await saidOf(child, ended);
      if (said.includes('done')) {
        expect(command).toBeGreaterThan(5);
        return;
      }
      await eventually(async () => expect(stateOf(child)).toMatch(/^T/));
      const goOn = async () => {
        child.kill('SIGCONT');
        await ended;
      };
      await check({ stores, goOn });
    } finally {
      child.kill('SIGKILL');
    }
  }
  expect.fail(`the child had more than ${MAX_COMMANDS} commands`);
}

/** What a child said, as soon as it is frozen or has ended. */
async function saidOf({ stdout }: ChildProcess, ended: Promise<void>): Promise<string> {
  let said = '';
  const frozen = new Promise<void>((resolve) =>
    stdout!.on('data', (chunk) => {
      said += chunk;
      if (said.includes('frozen')) resolve();
    }),
  );
  await Promise.race([frozen, ended]);
  return said;
}

const stateOf = ({ pid }: ChildProcess): string =>
  execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();

/** Another receiver's looks at what was begun and left, time passing as the test likes. */
async function otherReceiver(url: string) {
  const database = new Database({ ...DEFAULTS, url });
  await database.connect();
  let passed = 0;
  const unfinished = new UnfinishedSteps(
    database,
    () => systemClock() + BigInt(passed) * 1_000_000n,
    () => performance.now() + passed,
  );
  return {
    database,
    async lookAfter(milliseconds: number) {
      passed += milliseconds;
      await unfinished.finishOld(milliseconds === 0 ? 0 : PATIENCE);
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}
