import { levelIndexOf } from '../../../record/severity.ts';
import type { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import type { DayIds } from '../block/build-block.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { HotRecord } from '../chunk/hot-record.ts';
import { addTo, type Counts, cellOf, isErrorLevel, isIssueLevel } from '../counts.ts';
import { QUARTER_LENGTH } from '../day.ts';
import { issueBodyOf, type NewestIssue } from '../newest-issue.ts';

/** What a set of records adds to one logger's row. */
export interface LoggerTally {
  /** The day's id of the logger. */
  readonly logger: number;
  readonly counts: Counts;
  /** Nanoseconds since the day's start. */
  readonly lastSeen: number;
  readonly issue: NewestIssue | null;
  readonly error: NewestIssue | null;
}

/** Counts a chunk's records by logger, and finds their newest issues. */
export function tallyChunk(chunk: Chunk, ids: DayIds): LoggerTally[] {
  const levels = chunk.tables.severities.map(({ number }) => levelIndexOf(number));
  const tallies = chunk.tables.loggers.map(() => ({
    counts: new Map<number, number>(),
    lastSeen: -1,
    issue: -1,
    error: -1,
  }));
  const isNewerRow = (row: number, known: number) => {
    if (known < 0) return true;
    const difference = chunk.timeWithin(row) - chunk.timeWithin(known);
    return difference > 0 || (difference === 0 && chunk.sequence(row) > chunk.sequence(known));
  };
  for (let row = 0; row < chunk.size; row++) {
    const tally = tallies[chunk.logger(row)]!;
    const level = levels[chunk.severity(row)]!;
    const time = chunk.timeWithin(row);
    addTo(tally.counts, cellOf(Math.floor(time / QUARTER_LENGTH), level), 1);
    if (time > tally.lastSeen) tally.lastSeen = time;
    if (isIssueLevel(level) && isNewerRow(row, tally.issue)) tally.issue = row;
    if (isErrorLevel(level) && isNewerRow(row, tally.error)) tally.error = row;
  }
  const issueOf = (row: number): NewestIssue | null => {
    if (row < 0) return null;
    const { number, text } = chunk.tables.severities[chunk.severity(row)]!;
    return {
      time: chunk.timeWithin(row),
      sequence: chunk.sequence(row),
      severityNumber: number,
      severityText: text,
      body: issueBodyOf(new HotRecord(chunk, row).body),
    };
  };
  return tallies.flatMap(({ counts, lastSeen, issue, error }, place) =>
    lastSeen < 0 ? [] : { logger: ids.logger(place), counts, lastSeen, issue: issueOf(issue), error: issueOf(error) },
  );
}

/** Counts a block's first `size` rows by logger. */
export function countRows(block: Block, size: number, parts: DayParts): Map<number, Counts> {
  const { sites } = block.header;
  const levels = sites.map(({ severity }) => levelIndexOf(parts.severity(severity).number));
  const countsOfLogger = new Map<number, Counts>();
  for (let row = 0; row < size; row++) {
    const place = block.sites[row]!;
    const { logger } = sites[place]!;
    const counts: Counts = countsOfLogger.get(logger) ?? new Map();
    if (counts.size === 0) countsOfLogger.set(logger, counts);
    addTo(counts, cellOf(Math.floor(block.times[row]! / QUARTER_LENGTH), levels[place]!), 1);
  }
  return countsOfLogger;
}
