import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LogStore } from '../../receiver/store/store.ts';
import { DAY, HOUR } from '../helpers/records.ts';
import { cardsOf, countByLevel, searchAll } from './contract/harness.ts';
import { CRASH_DAYS, CRASH_OPTIONS, CRASH_START, crashBatch, RECORDS_PER_BATCH } from './crash-batches.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { expectConsistent, storedDays } from './stored-content.ts';

const ROUNDS = Number(process.env.LOGVITALS_CRASH_ROUNDS ?? 5);
/** More than the child has under way. */
const UNDER_WAY = 10;

test(
  `P9 kill -9 while records are appended and sealed, ${ROUNDS} rounds: what was acknowledged is there once, and a retry completes the rest`,
  async () => {
    await using folder = await embeddedFolder();
    let next = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await appendUntilKilled(folder.directory, next);
      next = Math.max(next, ...acknowledged.map((number) => number + 1)) + UNDER_WAY;
      expectConsistent(folder.directory);

      const store = await folder.open(CRASH_OPTIONS);
      const held = new Set((await searchAll(store)).map(({ body }) => body));
      for (const number of acknowledged) {
        for (const { body } of crashBatch(number).records)
          expect(held, `batch ${number} was acknowledged`).toContain(body);
      }
      // The client never heard of the last ones, and sends all again; those it heard of, too.
      for (let number = 0; number < next; number++) {
        const [appended] = await store.append([crashBatch(number)]);
        if (acknowledged.includes(number)) expect(appended).toMatchObject({ duplicate: true, stored: 0 });
      }
      await expectEachOnce(store, next);
      await store.close();
      expectConsistent(folder.directory);
      expect(storedDays(folder.directory).every(({ blocks }) => blocks.length > 0)).toBe(true);
    }
    expect(folder.said).toEqual([]);
  },
  ROUNDS * 60_000,
);

/** Lets a child append from batch `first` on, kills it at some moment, and gives the batches it had acknowledged. */
async function appendUntilKilled(directory: string, first: number): Promise<number[]> {
  const program = join(import.meta.dirname, 'embedded-child.ts');
  const child = spawn(process.execPath, [program, directory, 'append', String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => acknowledged.push(Number(line)));
  const gone = new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => lines.once('line', resolve));
  await delay(Math.random() * 400);
  child.kill('SIGKILL');
  await gone;
  return acknowledged;
}

async function expectEachOnce(store: LogStore, batches: number): Promise<void> {
  const expected = Array.from({ length: batches }, (_, number) => crashBatch(number).records).flat();
  const records = await searchAll(store);
  expect(records).toHaveLength(batches * RECORDS_PER_BATCH);
  expect(new Set(records.map(({ body }) => body))).toEqual(new Set(expected.map(({ body }) => body)));
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);

  const boundaries = Array.from({ length: CRASH_DAYS * 24 + 1 }, (_, hour) => CRASH_START + BigInt(hour) * HOUR);
  const cards = await cardsOf(store, { boundaries, recentFrom: CRASH_START + BigInt(CRASH_DAYS) * DAY });
  for (const { service, logger, counts } of cards) {
    const members = expected.filter((record) => record.service === service && record.logger === logger);
    expect(counts).toEqual(countByLevel(members, boundaries));
  }
  expect(cards).toHaveLength(5);
}
