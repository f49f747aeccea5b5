import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { type Day, dayOf, timeWithin } from '../../receiver/store/embedded/day.ts';
import type { Writer } from '../../receiver/store/embedded/write/writer.ts';
import type { Batch } from '../../receiver/store/store.ts';
import { DAY, HOUR, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { NOW, QUIET } from './writer-folder.ts';

/** What a crash test goes through: always the same, so that it can be stopped at any step and gone through again. */
type Scenario = (writer: Writer, clock: { now: number }, acknowledge: (batch: number) => void) => void;

/** Batches of ten records in turn for today, for yesterday and for both, then single ones. */
export const BATCHES = 64;
const SINGLE_FROM = 24;

export function scenarioBatch(number: number): Batch {
  const size = number < SINGLE_FROM ? 10 : 1;
  const records = Array.from({ length: size }, (_, place) => {
    const isToday = number % 3 === 0 || (number % 3 === 1 && place % 2 === 0) || number >= SINGLE_FROM;
    return logRecord({
      timestamp: NOON - (isToday ? 0n : DAY) + BigInt((number * 17) % 60) * MINUTE + BigInt(place),
      logger: `logger.${number % 4}`,
      severityNumber: [9, 13, 17, 21][place % 4]!,
      body: `${number}/${place}`,
      ...(place === 0 && { attributes: { 'log.record.uid': `uid ${number}` } }),
    });
  });
  return { key: `batch ${number}`, records };
}

/** Everything older is removed by the scenario `prune`: the day before, and the first part of the hour. */
export const PRUNE_BEFORE = NOON + HOUR / 2n;
const PRUNED_DAY: Day = dayOf(PRUNE_BEFORE);

export const scenarios: Readonly<Record<string, Scenario>> = {
  /** Appends, with all the compaction, sealing and merging that comes of it, and a change of day at the end. */
  fill(writer, clock, acknowledge) {
    clock.now = NOW;
    for (let number = 0; number < BATCHES; number++) {
      writer.append(encodeAppend([scenarioBatch(number)], clock.now));
      acknowledge(number);
      workOn(writer);
      if (number % 6 === 5) {
        clock.now += QUIET;
        workOn(writer);
      }
    }
    clock.now += 24 * 60 * 60 * 1000;
    workOn(writer);
    clock.now += QUIET;
    workOn(writer);
  },

  /** Removes what is older than PRUNE_BEFORE, as a retention sweep does. */
  prune(writer, clock) {
    clock.now = NOW;
    const time = Number(PRUNE_BEFORE / 1_000_000n);
    for (const day of writer.daysBefore({ time, now: clock.now })) writer.dropDay({ day, now: clock.now });
    const request = { day: PRUNED_DAY, time: timeWithin(PRUNED_DAY, PRUNE_BEFORE), limit: 7 };
    while (writer.removeBefore(request) === request.limit);
  },

  /** Opening the folder was all that was to be done. */
  open() {},
};

function workOn(writer: Writer): void {
  while (writer.step());
}
