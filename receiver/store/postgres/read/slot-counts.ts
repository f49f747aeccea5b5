import { type RawBuilder, sql } from 'kysely';
import { LEVELS } from '../../../record/severity.ts';
import type { SlotPiece, SlotPieces } from '../../common/slots.ts';
import type { Connection } from '../connection.ts';
import { readByDays } from './by-days.ts';
import type { SqlTruth } from './condition.ts';
import { runSql } from './run-sql.ts';
import { isWithinUnnested, unnestedRanges } from './time-range.ts';

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

const SECOND = 1_000_000_000n;
const HOURS = { table: 'hour_count', unit: 3600n * SECOND } as const;
const QUARTERS = { table: 'quarter_count', unit: 900n * SECOND } as const;

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
    countKept(connection, HOURS, pieces.hours, options),
    countKept(connection, QUARTERS, pieces.quarters, options),
    countEdges(connection, pieces.edges, options),
  ]);
  return parts.flat();
}

const loggerOf = ({ isByLogger }: CountOptions) => sql.raw(isByLogger ? 'logger_id' : '0');

const LEVEL_COLUMNS = LEVELS.map((level) => level.toLowerCase());

/** What is asked of the rows of counts that belong together, in numbers; null for no time. */
const SUMS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LEVEL_COLUMNS.map((level) => [level, `sum(${level})`])),
  newest_issue: 'extract(epoch from max(start) filter (where warn + error + fatal > 0))::bigint',
  newest_error: 'extract(epoch from max(start) filter (where error + fatal > 0))::bigint',
};

/** One row for each piece: thousands of rows of numbers would take longer to read than to count. */
type KeptRow = Readonly<Record<string, string>> & { readonly place: number };

/**
 * From one of the tables of counts. Each piece is a range of its primary key; all of them grouped in one pass would be
 * sorted on disk.
 */
async function countKept(
  connection: Connection,
  { table, unit }: { readonly table: 'hour_count' | 'quarter_count'; readonly unit: bigint },
  pieces: readonly SlotPiece[],
  options: CountOptions,
): Promise<PieceCounts[]> {
  if (pieces.length === 0) return [];
  const sums = Object.entries(SUMS).map(([name, sum]) => `${sum} as ${name}`);
  const lists = ['logger_id', ...Object.keys(SUMS)].map(
    (name) => `string_agg(coalesce(${name}::text, ''), ',') as ${name}`,
  );
  const query: RawBuilder<KeptRow> = sql`
    select place, counted.*
    from ${unnestedRanges(pieces, (_, place) => place)} as pieces (from_time, from_ns, to_time, to_ns, place)
    cross join lateral (
      select ${sql.raw(lists.join(', '))} from (
        select ${loggerOf(options)} as logger_id, ${sql.raw(sums.join(', '))}
        from ${sql.raw(`${connection.schema}.${table}`)}
        where start >= from_time and start < to_time and ${options.ofLoggers} group by 1
      ) as of_loggers
    ) as counted where counted.logger_id is not null`;
  const rows = await runSql(connection, query, { signal: options.signal });
  return rows.flatMap((row) => countsOf(row, pieces[row.place]!, unit));
}

function countsOf(row: KeptRow, piece: SlotPiece, unit: bigint): PieceCounts[] {
  const listOf = (column: string) => row[column]!.split(',');
  const levels = LEVEL_COLUMNS.map(listOf);
  const [issues, errors] = [listOf('newest_issue'), listOf('newest_error')];
  return listOf('logger_id').map((loggerId, index) => ({
    piece,
    loggerId: Number(loggerId),
    counts: levels.map((counts) => Number(counts[index])),
    newestIssue: unitFrom(issues[index]!, unit),
    newestError: unitFrom(errors[index]!, unit),
  }));
}

/** The unit of time that begins at so many seconds. */
function unitFrom(seconds: string, unit: bigint): Stretch | null {
  if (seconds === '') return null;
  const from = BigInt(seconds) * SECOND;
  return { from, to: from + unit };
}

/** A severity number's place in LEVELS, as `levelIndexOf` has it. */
export const LEVEL_INDEX = sql.raw(
  `case when severity_number < 1 then ${LEVELS.indexOf('UNSPECIFIED')}
        when severity_number > 24 then ${LEVELS.indexOf('FATAL')}
        else (severity_number - 1) / 4 end`,
);

interface Edge extends SlotPiece {
  /** Among all edges. */
  readonly place: number;
}

interface EdgeRow {
  readonly place: number;
  readonly logger_id: number;
  readonly level: number;
  readonly count: number;
}

async function countEdges(
  connection: Connection,
  edges: readonly SlotPiece[],
  options: CountOptions,
): Promise<PieceCounts[]> {
  const numbered = edges.map((edge, place): Edge => ({ ...edge, place }));
  const select = (ofDay: readonly Edge[]): RawBuilder<EdgeRow> => sql`
    select places.place, counted.*
    from ${unnestedRanges(ofDay, ({ place }) => place)} as places (from_time, from_ns, to_time, to_ns, place)
    cross join lateral (
      select ${loggerOf(options)} as logger_id, ${LEVEL_INDEX} as level, count(*) as count
      from ${sql.raw(`${connection.schema}.record`)}
      where ${isWithinUnnested(ofDay)} and ${options.ofLoggers} group by 1, 2
    ) as counted`;
  const rows = await readByDays(connection, numbered, select, { signal: options.signal });
  const found = new Map<string, PieceCounts & { counts: number[] }>();
  for (const { place, logger_id: loggerId, level, count } of rows) {
    const key = `${place} ${loggerId}`;
    const piece = edges[place]!;
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
