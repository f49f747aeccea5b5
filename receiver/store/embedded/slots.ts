import { LEVELS, levelIndexOf } from '../../record/severity.ts';
import { forEachCount, levelIndexOfCell, quarterOf } from './counts.ts';
import { DAY_LENGTH, type Day, QUARTER_LENGTH, startOf, timeWithin } from './day.ts';
import type { DayFiles } from './day-files.ts';
import type { DaySummary, LoggerSummary } from './day-reader.ts';
import { isIssueLevel } from './logger-table.ts';

/** Beyond every timestamp (they stay below 2^63). */
export const END_OF_TIME = 2n ** 63n;

/** Time cut into slots: boundaries in ascending order, n + 1 for n slots. */
export class Slots {
  readonly boundaries: readonly bigint[];

  constructor(boundaries: readonly bigint[]) {
    this.boundaries = boundaries;
  }

  get size(): number {
    return Math.max(0, this.boundaries.length - 1);
  }

  /** Whether any slot reaches into a day. */
  touches(day: Day): boolean {
    return this.size > 0 && startOf(day + 1) > this.boundaries[0]! && startOf(day) < this.boundaries.at(-1)!;
  }

  /** The slot a timestamp falls into, or -1. */
  indexOf(timestamp: bigint): number {
    const next = this.indexOfFirstAfter(timestamp);
    return next > 0 && next < this.boundaries.length ? next - 1 : -1;
  }

  /** The first boundary beyond a timestamp; their number when there is none. */
  indexOfFirstAfter(timestamp: bigint): number {
    let low = 0;
    let high = this.boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.boundaries[middle]! <= timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Told how many of a logger's records are in a slot, in parts; loggers are the summary's. */
export type AddCount = (logger: LoggerSummary, slot: number, levelIndex: number, count: number) => void;

interface CountRequest {
  readonly slots: Slots;
  /** Only warnings and errors are asked for. */
  readonly issuesOnly: boolean;
}

/**
 * Counts a day's records by slot from its summary; only quarters of an hour that a boundary cuts are counted in the
 * file, by an index.
 */
export function countDay(
  files: DayFiles,
  day: Day,
  summary: DaySummary,
  { slots, issuesOnly }: CountRequest,
  add: AddCount,
): void {
  const slotOfQuarter: number[] = [];
  const cutQuarters: number[] = [];
  const start = startOf(day);
  for (let quarter = 0; quarter < DAY_LENGTH / QUARTER_LENGTH; quarter++) {
    const first = start + BigInt(quarter * QUARTER_LENGTH);
    const next = slots.boundaries[slots.indexOfFirstAfter(first)];
    const isCut = next !== undefined && next < first + BigInt(QUARTER_LENGTH);
    slotOfQuarter.push(isCut ? -1 : slots.indexOf(first));
    if (isCut) cutQuarters.push(quarter);
  }
  const wants = (levelIndex: number) => !issuesOnly || isIssueLevel(levelIndex);
  for (const logger of summary.loggers.values()) {
    if (issuesOnly && !logger.newestIssue) continue;
    forEachCount(logger.counts, (cell, count) => {
      const slot = slotOfQuarter[quarterOf(cell)] ?? -1;
      const levelIndex = levelIndexOfCell(cell);
      if (slot >= 0 && wants(levelIndex)) add(logger, slot, levelIndex, count);
    });
  }
  for (const [from, to] of piecesOf(day, slots, cutQuarters)) {
    const slot = slots.indexOf(start + BigInt(from));
    if (slot < 0) continue;
    for (const { logger, severity, count } of files.use(day, (file) => file.count(from, to, issuesOnly)) ?? []) {
      const known = summary.loggers.get(logger);
      const levelIndex = levelIndexOf(severity);
      if (known && wants(levelIndex)) add(known, slot, levelIndex, count);
    }
  }
}

/** The cut quarters, cut at the boundaries: times within the day. */
function* piecesOf(day: Day, slots: Slots, quarters: readonly number[]): Generator<[number, number]> {
  for (const quarter of quarters) {
    const end = (quarter + 1) * QUARTER_LENGTH;
    let from = quarter * QUARTER_LENGTH;
    for (;;) {
      const next = slots.boundaries[slots.indexOfFirstAfter(startOf(day) + BigInt(from))];
      const to = next === undefined ? end : Math.min(end, timeWithin(day, next));
      yield [from, to];
      if (to >= end) break;
      from = to;
    }
  }
}

/** An array of zeros for `slots × levels` counts. */
export function zeroCounts(slots: Slots): number[] {
  return new Array<number>(slots.size * LEVELS.length).fill(0);
}
