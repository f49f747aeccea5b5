import { type RawBuilder, sql } from 'kysely';
import type { Connection, WorkOptions } from '../connection.ts';
import { type Day, dayOf } from '../day.ts';
import { runSql } from './run-sql.ts';
import type { TimeRange } from './time-range.ts';

/** Days of one query: it locks the tables of all of them with their indexes, and the server has room for some thousands. */
const MOST_DAYS = 32;

/**
 * The rows that `select` reads of short ranges anywhere in time, which it is given by the days that they begin on: so each
 * part of a query names the tables of its day alone (`isWithinUnnested`), and no others have to be planned for.
 */
export async function readByDays<Range extends TimeRange, Row>(
  connection: Connection,
  ranges: readonly Range[],
  select: (ofDay: readonly Range[]) => RawBuilder<Row>,
  options: WorkOptions,
): Promise<Row[]> {
  const days = [...Map.groupBy(ranges, ({ from }): Day => dayOf(from)).values()];
  const rows: Row[] = [];
  for (let first = 0; first < days.length; first += MOST_DAYS) {
    const parts = days.slice(first, first + MOST_DAYS).map((ofDay) => sql`(${select(ofDay)})`);
    rows.push(...(await runSql(connection, sql<Row>`${sql.join(parts, sql` union all `)}`, options)));
  }
  return rows;
}
