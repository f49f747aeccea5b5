/**
 * A process of its own on an embedded store, for tests: `node embedded-child.ts DIRECTORY TASK …`.
 *
 * - `open`: opens the store, says `open` or the error's name and message, and stays until its input ends.
 * - `fill DAY…`: appends records of each UTC day in turn until the storage refuses, and says what it acknowledged.
 * - `append FIRST`: appends numbered batches from FIRST on, several at a time, and says each number once acknowledged.
 */
import { openEmbeddedStore } from '../../receiver/store/embedded/embedded-store.ts';
import { StoreError } from '../../receiver/store/errors.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { at, batch, logRecord } from '../helpers/records.ts';
import { CRASH_OPTIONS, crashBatch } from './crash-batches.ts';

const [directory = '', task = '', ...parameters] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  const store = await openEmbeddedStore({ directory, ...(task === 'append' && CRASH_OPTIONS) });
  if (task === 'open') await stayOpen(store);
  else if (task === 'fill') await fillDays(store, parameters);
  else if (task === 'append') await appendWithoutEnd(store, Number(parameters[0]));
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  say(`${error.name}: ${error.message}`);
}

async function stayOpen(store: LogStore): Promise<void> {
  say('open');
  for await (const _ of process.stdin);
  await store.close();
}

async function fillDays(store: LogStore, days: readonly string[]): Promise<void> {
  const body = 'x'.repeat(10_000);
  for (const day of days) {
    const timestamp = at(`${day}T12:00:00Z`);
    let stored = 0;
    try {
      for (; stored < 1000; stored++) await store.append([batch([logRecord({ timestamp, body })], `${day} ${stored}`)]);
    } catch (error) {
      say(`${day} ${stored} ${(error as Error).name}: ${(error as Error).message}`);
    }
  }
  await store.close();
}

/** Three appends under way at any time; killed from outside. */
async function appendWithoutEnd(store: LogStore, first: number): Promise<void> {
  let next = first;
  const appendOn = async () => {
    for (;;) {
      const number = next++;
      await store.append([crashBatch(number)]);
      say(String(number));
    }
  };
  await Promise.all([appendOn(), appendOn(), appendOn()]);
}
