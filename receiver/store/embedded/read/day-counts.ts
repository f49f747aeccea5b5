import type { LogRecord } from '../../../record/log-record.ts';
import { isError, isWarning, LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { HotRecord } from '../chunk/hot-record.ts';
import { addTo, type Counts, cellOf, forEachCount } from '../counts.ts';
import { DAY_LENGTH, QUARTER_LENGTH } from '../day.ts';
import { decodeNewestIssue, issueBodyOf, type NewestIssue } from '../newest-issue.ts';
import type { Position } from '../position.ts';
import type { LoggerColumns } from './day-file.ts';

/** Counts are by quarter of an hour and level: so many cells make a day. */
export const CELLS_PER_DAY = (DAY_LENGTH / QUARTER_LENGTH) * LEVELS.length;

/** What a day holds of a logger, without its records. Times are within the day. */
export interface LoggerOfDay {
  /** `loggerKey` of the two. */
  readonly key: string;
  readonly service: string;
  readonly logger: string;
  readonly lastSeen: number;
  /** Its counts are `cells` and `amounts` from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  readonly newestIssue: NewestIssue | null;
  readonly newestError: NewestIssue | null;
}

/** The counts of a day's loggers, in two lists for all of them: a hundred thousand loggers are no hundred thousand lists. */
export interface DayCounts {
  readonly loggers: readonly LoggerOfDay[];
  readonly cells: Uint16Array;
  readonly amounts: Uint32Array;
}

export const NO_COUNTS: DayCounts = { loggers: [], cells: new Uint16Array(), amounts: new Uint32Array() };

/** Stands for service and logger together. */
export function loggerKey(service: string, logger: string): string {
  return `${service.length} ${service} ${logger}`;
}

/** Adds a logger's counts to those of slots; `targetOf` says where each cell belongs, -1 for nowhere. */
export function addCounts(
  { cells, amounts }: DayCounts,
  { first, end }: LoggerOfDay,
  targetOf: Int32Array,
  totals: Float64Array | Uint32Array,
): void {
  for (let at = first; at < end; at++) {
    const target = targetOf[cells[at]!]!;
    if (target >= 0) totals[target]! += amounts[at]!;
  }
}

/** The counts of sealed records. A logger whose row is damaged is left out, and `onDamage` told. */
export function readSealedCounts(rows: readonly LoggerColumns[], onDamage: (error: unknown) => void): DayCounts {
  const builder = new CountsBuilder();
  for (const [, service, logger, lastSeen, counts, issue, error] of rows) {
    try {
      builder.add(service, logger, lastSeen, (add) => forEachCount(counts, add), {
        newestIssue: issue && decodeNewestIssue(issue),
        newestError: error && decodeNewestIssue(error),
      });
    } catch (reason) {
      onDamage(reason);
    }
  }
  return builder.build();
}

/** What hot records add up to; they come in their order. */
export function countHotRecords(records: readonly HotRecord[]): DayCounts {
  const tallies = new HotTallies();
  for (const record of records) tallies.of(record).add(record);
  const builder = new CountsBuilder();
  for (const { service, logger, counts, newest, newestIssue, newestError } of tallies.all()) {
    const forEach = (add: (cell: number, count: number) => void) => {
      for (const [cell, count] of counts) add(cell, count);
    };
    builder.add(service, logger, newest.position.time, forEach, {
      newestIssue: newestIssue && issueOf(newestIssue),
      newestError: newestError && issueOf(newestError),
    });
  }
  return builder.build();
}

class HotTally {
  readonly service: string;
  readonly logger: string;
  readonly counts: Counts = new Map();
  newest: HotRecord;
  newestIssue: HotRecord | null = null;
  newestError: HotRecord | null = null;

  constructor(first: HotRecord) {
    this.service = first.service;
    this.logger = first.logger;
    this.newest = first;
  }

  add(record: HotRecord): void {
    const { severityNumber } = record;
    const quarter = Math.floor(record.position.time / QUARTER_LENGTH);
    addTo(this.counts, cellOf(quarter, levelIndexOf(severityNumber)), 1);
    this.newest = record;
    if (isError(severityNumber)) this.newestError = record;
    if (isError(severityNumber) || isWarning(severityNumber)) this.newestIssue = record;
  }
}

/** The loggers' tallies; a chunk's records share the entry of their logger, so its key is made once for them. */
class HotTallies {
  readonly #byKey = new Map<string, HotTally>();
  readonly #byEntry = new Map<object, HotTally>();

  all(): Iterable<HotTally> {
    return this.#byKey.values();
  }

  of(record: HotRecord): HotTally {
    const { chunk, row } = record;
    const entry = chunk.tables.loggers[chunk.logger(row)]!;
    const known = this.#byEntry.get(entry);
    if (known) return known;
    const key = loggerKey(entry.service, entry.logger);
    const tally = this.#byKey.get(key) ?? new HotTally(record);
    this.#byKey.set(key, tally);
    this.#byEntry.set(entry, tally);
    return tally;
  }
}

type PlacedRecord = Pick<LogRecord, 'severityNumber' | 'severityText' | 'body'> & { readonly position: Position };

/** A record as an issue in short. */
export function issueOf({ position, severityNumber, severityText, body }: PlacedRecord): NewestIssue {
  const { time, sequence } = position;
  return { time, sequence, severityNumber, severityText, body: issueBodyOf(body) };
}

class CountsBuilder {
  readonly #loggers: LoggerOfDay[] = [];
  #cells = new Uint16Array(1024);
  #amounts = new Uint32Array(1024);
  #size = 0;

  /** `forEach` calls back with each cell in ascending order. */
  add(
    service: string,
    logger: string,
    lastSeen: number,
    forEach: (add: (cell: number, count: number) => void) => void,
    issues: Pick<LoggerOfDay, 'newestIssue' | 'newestError'>,
  ): void {
    const first = this.#size;
    forEach((cell, count) => {
      if (this.#size === this.#cells.length) this.#grow();
      this.#cells[this.#size] = cell;
      this.#amounts[this.#size++] = count;
    });
    this.#loggers.push({
      key: loggerKey(service, logger),
      service,
      logger,
      lastSeen,
      first,
      end: this.#size,
      ...issues,
    });
  }

  build(): DayCounts {
    return {
      loggers: this.#loggers,
      cells: this.#cells.slice(0, this.#size),
      amounts: this.#amounts.slice(0, this.#size),
    };
  }

  #grow(): void {
    const cells = new Uint16Array(this.#size * 2);
    cells.set(this.#cells);
    this.#cells = cells;
    const amounts = new Uint32Array(this.#size * 2);
    amounts.set(this.#amounts);
    this.#amounts = amounts;
  }
}
