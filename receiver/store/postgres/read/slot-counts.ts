import { type RawBuilder, sql } from 'kysely';
import { LEVELS } from '../../../record/severity.ts';
import type { SlotPiece, SlotPieces } from '../../common/slots.ts';
import type { Connection } from '../connection.ts';
import { splitTime, timeParameter } from '../time.ts';
import type { SqlTruth } from './condition.ts';
import { runSql } from './run-sql.ts';
import { isWithinUnnested, timestamptz, unnestedRanges } from './time-range.ts';

/** Records of a logger, or of all, in a piece of a slot. */
export interface PieceCounts {
  readonly piece: SlotPiece;
  /** 0 when all loggers are counted together. */
  readonly loggerId: number;
  /** By level, in the order of LEVELS. */
  readonly counts: readonly number[];
  /** Where its newest warning or error is, within the piece; null when it has none. */
  readonly newestIssue: Stretch | null;
  readonly newestError: Stretch | null;
}

/** Times in `[from, to)`. */
interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

const QUARTER = 900_000_000_000n;
const HOUR = 4n * QUARTER;

export interface CountOptions {
  /** Which loggers, by `logger_id`. */
  readonly ofLoggers: SqlTruth;
  /** Whether each logger is counted apart. */
  readonly isByLogger: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Counts of records in the pieces of slots: whole hours and quarters from the tables of counts, records themselves only
 * at the edges.
 */
export async function countPieces(
  connection: Connection,
  pieces: SlotPieces,
  options: CountOptions,
): Promise<PieceCounts[]> {
  const parts = await Promise.all([
    countHours(connection, pieces.hours, options),
    countQuarters(connection, pieces.quarters, options),
    countEdges(connection, pieces.edges, options),
  ]);
  return parts.flat();
}

const loggerOf = ({ isByLogger }: CountOptions) => sql.raw(isByLogger ? 'logger_id' : '0');

const LEVEL_COLUMNS = LEVELS.map((level) => level.toLowerCase());

/** What is asked of the rows of counts that belong together. */
const SUMS = sql.raw(
  `${LEVEL_COLUMNS.map((level) => `sum(${level}) as ${level}`).join(', ')},
   max(start) filter (where warn + error + fatal > 0) as newest_issue,
   max(start) filter (where error + fatal > 0) as newest_error`,
);

type KeptRow = Record<string, number> & {
  readonly logger_id: number;
  readonly newest_issue: bigint | null;
  readonly newest_error: bigint | null;
};

/** Whole hours lie side by side but for less than an hour at the boundaries: one look at all of them is the quickest. */
async function countHours(
  connection: Connection,
  pieces: readonly SlotPiece[],
  options: CountOptions,
): Promise<PieceCounts[]> {
  if (pieces.length === 0) return [];
  const edges = [...new Set(pieces.flatMap(({ from, to }) => [from, to]))].sort((one, other) => (one < other ? -1 : 1));
  const pieceFrom = new Map(pieces.map((piece) => [piece.from, piece]));
  const query: RawBuilder<KeptRow & { readonly bucket: number }> = sql`
    select width_bucket(start, ${edges.map(timeText)}::timestamptz[]) as bucket, ${loggerOf(options)} as logger_id, ${SUMS}
    from ${sql.raw(`${connection.schema}.hour_count`)}
    where start >= ${timestamptz(edges[0]!)} and start < ${timestamptz(edges.at(-1)!)} and ${options.ofLoggers}
    group by 1, 2`;
  const rows = await runSql(connection, query, { signal: options.signal });
  return rows.flatMap((row) => {
    const piece = pieceFrom.get(edges[row.bucket - 1]!);
    return piece ? [countsOf(row, piece, HOUR)] : [];
  });
}

/** Quarters are few, and often days apart: each is one range of the primary key. */
async function countQuarters(
  connection: Connection,
  pieces: readonly SlotPiece[],
  options: CountOptions,
): Promise<PieceCounts[]> {
  if (pieces.length === 0) return [];
  const query: RawBuilder<KeptRow & { readonly place: number }> = sql`
    select pieces.place::integer, counted.*
    from ${unnestedRanges(pieces)} as pieces (from_time, from_ns, to_time, to_ns, place)
    cross join lateral (
      select ${loggerOf(options)} as logger_id, ${SUMS} from ${sql.raw(`${connection.schema}.quarter_count`)}
      where start >= from_time and start < to_time and ${options.ofLoggers} group by 1
    ) as counted`;
  const rows = await runSql(connection, query, { signal: options.signal });
  return rows.map((row) => countsOf(row, pieces[row.place - 1]!, QUARTER));
}

const timeText = (nanoseconds: bigint): string => timeParameter(splitTime(nanoseconds).microseconds);

function countsOf(row: KeptRow, piece: SlotPiece, unit: bigint): PieceCounts {
  return {
    piece,
    loggerId: row.logger_id,
    counts: LEVEL_COLUMNS.map((level) => row[level]!),
    newestIssue: unitFrom(row.newest_issue, unit),
    newestError: unitFrom(row.newest_error, unit),
  };
}

function unitFrom(start: bigint | null, unit: bigint): Stretch | null {
  return start === null ? null : { from: start * 1000n, to: start * 1000n + unit };
}

/** A severity number's place in LEVELS, as `levelIndexOf` has it. */
export const LEVEL_INDEX = sql.raw(
  `case when severity_number < 1 then ${LEVELS.indexOf('UNSPECIFIED')}
        when severity_number > 24 then ${LEVELS.indexOf('FATAL')}
        else (severity_number - 1) / 4 end`,
);

async function countEdges(
  connection: Connection,
  edges: readonly SlotPiece[],
  options: CountOptions,
): Promise<PieceCounts[]> {
  if (edges.length === 0) return [];
  const query: RawBuilder<{ place: number; logger_id: number; level: number; count: number }> = sql`
    select places.place::integer, counted.*
    from ${unnestedRanges(edges)} as places (from_time, from_ns, to_time, to_ns, place)
    cross join lateral (
      select ${loggerOf(options)} as logger_id, ${LEVEL_INDEX} as level, count(*) as count
      from ${sql.raw(`${connection.schema}.record`)}
      where ${isWithinUnnested(edges)} and ${options.ofLoggers} group by 1, 2
    ) as counted`;
  const found = new Map<string, PieceCounts & { counts: number[] }>();
  for (const { place, logger_id: loggerId, level, count } of await runSql(connection, query, {
    signal: options.signal,
  })) {
    const key = `${place} ${loggerId}`;
    const piece = edges[place - 1]!;
    const known = found.get(key) ?? {
      piece,
      loggerId,
      counts: LEVELS.map(() => 0),
      newestIssue: null,
      newestError: null,
    };
    known.counts[level] = count;
    found.set(key, known);
  }
  return [...found.values()].map((counted) => ({
    ...counted,
    newestIssue: counted.counts.some((count, level) => count > 0 && isIssueLevel(level)) ? counted.piece : null,
    newestError: counted.counts.some((count, level) => count > 0 && isErrorLevel(level)) ? counted.piece : null,
  }));
}

const [WARN, ERROR, FATAL] = (['WARN', 'ERROR', 'FATAL'] as const).map((level) => LEVELS.indexOf(level));
const isErrorLevel = (level: number): boolean => level === ERROR || level === FATAL;
const isIssueLevel = (level: number): boolean => level === WARN || isErrorLevel(level);
