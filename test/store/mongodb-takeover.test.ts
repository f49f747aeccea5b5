import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../receiver/store/errors.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { watchCommands } from './mongodb-commands.ts';
import { expectEachOnce } from './mongodb-crash-checks.ts';
import { CRASH_RECORDS, crashAppend } from './mongodb-crash-tasks.ts';
import { type BehindProxy, behindProxy } from './mongodb-proxy.ts';

/** More commands than an append has. */
const MAX_COMMANDS = 40;

type Moment = 'started' | 'succeeded';

describe.skipIf((await findMongodb()) === null)('MongoDB, an append that is interrupted', () => {
  for (const moment of ['started', 'succeeded'] as const) {
    test(`P9 P37 cut off at each command that has ${moment}: the retry, at once, is answered when all is stored and counted`, async () => {
      await atEachCommand(moment, async ({ proxy, stores, store, interrupted }) => {
        const other = await stores.open();
        await interrupted(() => proxy.cut());
        proxy.restore();
        // As clients do, while the receiver is still finding out that the server is back.
        await eventually(() => crashAppend(store));
        await expectEachOnce(other);
      });
    }, 300_000);

    test(`P9 P37 a receiver that hangs at a command that has ${moment}, and goes on after another took over: all is there and counted once`, async () => {
      await atEachCommand(moment, async ({ proxy, stores, store, interrupted }) => {
        let answers: readonly { readonly stored: number }[] = [];
        const other = await stores.open();
        const first = await interrupted(async () => {
          proxy.stall();
          answers = await crashAppend(other);
          await expectEachOnce(other);
          proxy.resume();
        });
        await expectEachOnce(store);
        const known = [...answers, ...(first ?? [])].reduce((sum, { stored }) => sum + stored, 0);
        if (first) expect(known).toBe(CRASH_RECORDS.length);
        expect((await crashAppend(store)).map(({ duplicate }) => duplicate)).toEqual([true, true]);
      });
    }, 300_000);
  }
});

type Answers = Awaited<ReturnType<typeof crashAppend>>;

interface Interrupted extends BehindProxy {
  readonly store: LogStore;
  /** Appends, and does this at the command whose turn it is; gives the answer, or null when it was refused for now. */
  interrupted(work: () => unknown): Promise<Answers | null>;
}

/** Does it with an append's first command, with another database's second, and so on until there are no more. */
async function atEachCommand(moment: Moment, check: (interrupted: Interrupted) => Promise<void>): Promise<void> {
  for (let command = 1; command < MAX_COMMANDS; command++) {
    const behind = await behindProxy();
    let left = Number.POSITIVE_INFINITY;
    let isReached = false;
    let onTurn: () => void = () => {};
    const countDown = () => {
      left -= 1;
      if (left === 0) onTurn();
    };
    let store: LogStore;
    {
      using _watching = watchCommands(moment === 'started' ? { onStarted: countDown } : { onSucceeded: countDown });
      store = await behind.open();
    }
    const interrupted = async (work: () => unknown): Promise<Answers | null> => {
      const working = new Promise((resolve, reject) => {
        onTurn = () => Promise.resolve(work()).then(resolve, reject);
      });
      left = command;
      const answers = await crashAppend(store).catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        return null;
      });
      isReached = left <= 0;
      // What comes from now on is let through.
      onTurn = () => {};
      if (isReached) await working;
      return answers;
    };
    await check({ ...behind, store, interrupted });
    await store.close();
    if (!isReached) {
      expect(command).toBeGreaterThan(5);
      return;
    }
  }
  expect.fail(`an append had more than ${MAX_COMMANDS} commands`);
}
