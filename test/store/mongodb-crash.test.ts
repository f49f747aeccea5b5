import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../receiver/record/clock.ts';
import { eventually } from '../helpers/eventually.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { MINUTE } from '../helpers/records.ts';
import { searchAll } from './contract/harness.ts';
import { expectAgreement, expectEachOnce } from './mongodb-crash-checks.ts';
import {
  CRASH_RECORDS,
  type CrashTask,
  crashAlert,
  crashAppend,
  crashPrune,
  PRUNED_BEFORE,
} from './mongodb-crash-tasks.ts';
import { mongodbStores, type TestMongodbStores } from './mongodb-database.ts';

/** More commands than a task has. */
const MAX_COMMANDS = 60;
/** Steps of a receiver that is gone are finished when they are this old. */
const LATER = 3n * MINUTE;

describe.skipIf((await findMongodb()) === null)('MongoDB and kill -9', () => {
  for (const moment of ['started', 'succeeded'] as const) {
    test(`P9 P37 killed at each command of an append that has ${moment}: what is there is counted, and a retry stores the rest`, async () => {
      await atEachCommand('append', moment, async (stores) => {
        // Nobody repeats anything: what was stored is counted by whoever comes next, and whatever its clock says.
        const later = await stores.open({ now: () => systemClock() - LATER });
        await eventually(async () => {
          expect(await unfinishedSteps(stores)).toBe(0);
          await expectAgreement(later, await searchAll(later));
        });
        const known = await searchAll(later);
        const answers = await crashAppend(later);
        expect(answers.reduce((sum, { stored }) => sum + stored, 0)).toBe(CRASH_RECORDS.length - known.length);
        await expectEachOnce(later);
      });
    }, 300_000);
  }

  test('P9 P37 a retry is answered when all of it is stored and counted, whatever the one before left', async () => {
    await atEachCommand('append', 'succeeded', async (stores) => {
      const store = await stores.open();
      await crashAppend(store);
      await expectEachOnce(store);
      expect((await crashAppend(store)).map(({ duplicate }) => duplicate)).toEqual([true, true]);
    });
  }, 300_000);

  test('P36 P37 killed at each command of pruning: the next run removes the rest, and the counts agree', async () => {
    await atEachCommand(
      'prune',
      'started',
      async (stores) => {
        // The lock of the one that is gone ends by itself.
        const store = await stores.open({ now: () => systemClock() + LATER });
        await crashPrune(store);
        const kept = CRASH_RECORDS.filter(({ timestamp }) => timestamp >= PRUNED_BEFORE);
        expect(await searchAll(store)).toHaveLength(kept.length);
        await expectAgreement(store, kept);
      },
      async (stores) => {
        const store = await stores.open();
        await crashAppend(store);
        await store.close();
      },
    );
  }, 300_000);

  test('P26 killed at each command of a step that fires: the alert is in the history once, whoever takes the step', async () => {
    await atEachCommand('alert', 'succeeded', async (stores) => {
      const other = await stores.open();
      await crashAlert(other);
      // Either nothing was saved, or the step with its alert.
      const [state] = await other.alertStates(['shop/shop.cart/ERROR']);
      expect(state).toMatchObject({ version: 1, state: 'fired' });
      expect(await other.alerts({ limit: 10 })).toHaveLength(1);
    });
  });
});

/** Kills a child at its first command, on another database at its second, and so on until it has no more. */
async function atEachCommand(
  task: CrashTask,
  moment: 'started' | 'succeeded',
  check: (stores: TestMongodbStores) => Promise<void>,
  prepare: (stores: TestMongodbStores) => Promise<void> = async () => {},
): Promise<void> {
  for (let command = 1; command < MAX_COMMANDS; command++) {
    await using stores = await mongodbStores();
    await prepare(stores);
    const said = await runChild(stores.database.url, task, moment, command);
    await check(stores);
    if (said.includes('done')) {
      expect(command).toBeGreaterThan(2);
      return;
    }
  }
  expect.fail(`the child had more than ${MAX_COMMANDS} commands`);
}

async function runChild(...parameters: readonly (string | number)[]): Promise<string> {
  const program = join(import.meta.dirname, 'mongodb-child.ts');
  const child = spawn(process.execPath, [program, ...parameters.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(said).toContain('open');
  return said;
}

/** But for those that were taken over already: they stay for a while. */
async function unfinishedSteps({ database }: TestMongodbStores): Promise<number> {
  await using client = await MongoClient.connect(database.url);
  return await client
    .db()
    .collection('journal')
    .countDocuments({ state: { $ne: 'taken' } });
}
