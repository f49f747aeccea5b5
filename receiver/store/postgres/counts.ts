import { LEVELS } from '../../record/severity.ts';
import type { Connection, Queries } from './connection.ts';
import { splitTime, timeParameter } from './time.ts';

const QUARTER = 900_000_000n;
const HOUR = 4n * QUARTER;

const TABLES = ['quarter_count', 'hour_count'] as const;
const LEVEL_COLUMNS = LEVELS.map((level) => level.toLowerCase());

/** Records by start in microseconds, logger and level. */
type Counts = Map<bigint, Map<number, number[]>>;

/** Records by logger, time and level, to be added to the tables of counts or taken away from them. */
export class CountChanges {
  readonly #quarters: Counts = new Map();

  add(loggerId: number, microseconds: bigint, levelIndex: number, records: number): void {
    const start = microseconds - (microseconds % QUARTER);
    countsOf(this.#quarters, start, loggerId)[levelIndex]! += records;
  }

  /** Adds the changes to both tables. Rows are taken in one order, so that receivers do not wait for each other in a circle. */
  async apply(queries: Queries, schema: string): Promise<void> {
    if (this.#quarters.size === 0) return;
    const parameters = [...columnsOf(this.#quarters), ...columnsOf(hoursOf(this.#quarters))];
    const [quarters, hours] = TABLES.map((table, index) => upsert(`${schema}.${table}`, index * COLUMN_COUNT));
    await queries.query(`with quarters as (${quarters}) ${hours}`, parameters);
  }
}

const COLUMN_COUNT = 2 + LEVELS.length;

function upsert(table: string, parametersBefore: number): string {
  const types = ['timestamptz', 'integer', ...LEVELS.map(() => 'integer')];
  const arrays = types.map((type, index) => `$${parametersBefore + index + 1}::${type}[]`).join(', ');
  const sums = LEVEL_COLUMNS.map((level) => `${level} = held.${level} + excluded.${level}`).join(', ');
  return `insert into ${table} as held (start, logger_id, ${LEVEL_COLUMNS.join(', ')})
    select * from unnest(${arrays}) order by 1, 2
    on conflict (start, logger_id) do update set ${sums}`;
}

function hoursOf(quarters: Counts): Counts {
  const hours: Counts = new Map();
  for (const [quarter, loggers] of quarters) {
    const start = quarter - (quarter % HOUR);
    for (const [loggerId, counts] of loggers) {
      const held = countsOf(hours, start, loggerId);
      for (const [index, count] of counts.entries()) held[index]! += count;
    }
  }
  return hours;
}

function countsOf(all: Counts, start: bigint, loggerId: number): number[] {
  const loggers = all.get(start) ?? new Map<number, number[]>();
  const counts = loggers.get(loggerId) ?? LEVELS.map(() => 0);
  if (loggers.size === 0) all.set(start, loggers);
  loggers.set(loggerId, counts);
  return counts;
}

/** One array for each column of the table. */
function columnsOf(counts: Counts): unknown[][] {
  const columns: unknown[][] = Array.from({ length: COLUMN_COUNT }, () => []);
  for (const [start, loggers] of counts) {
    const time = timeParameter(start);
    for (const [loggerId, levels] of loggers) {
      for (const [index, value] of [time, loggerId, ...levels].entries()) columns[index]!.push(value);
    }
  }
  return columns;
}

/** Makes the newest record of each logger known, if it is newer than what was. Times are in nanoseconds. */
export async function noteSeen(queries: Queries, schema: string, newest: ReadonlyMap<number, bigint>): Promise<void> {
  const times = [...newest.values()].map(splitTime);
  await queries.query(
    `update ${schema}.logger set last_seen = newer.time, last_seen_ns = newer.ns
     from (
       select logger.id, seen.time, seen.ns from ${schema}.logger
       join unnest($1::integer[], $2::timestamptz[], $3::smallint[]) as seen (id, time, ns) on seen.id = logger.id
       where last_seen is null or (last_seen, last_seen_ns) < (seen.time, seen.ns)
       order by logger.id for update of logger
     ) as newer
     where logger.id = newer.id`,
    [[...newest.keys()], times.map(({ microseconds }) => timeParameter(microseconds)), times.map(({ ns }) => ns)],
  );
}

/** Removes rows of counts before a time that say nothing any more. */
export async function removeEmptyCounts(connection: Connection, before: string): Promise<void> {
  const isEmpty = LEVEL_COLUMNS.map((level) => `${level} = 0`).join(' and ');
  for (const table of TABLES) {
    await connection.query(`delete from ${connection.schema}.${table} where start < $1 and ${isEmpty}`, [before]);
  }
}
