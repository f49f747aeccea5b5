import type { Row, WriteKind } from '../change.ts';
import { SqlWrite } from '../sql-write.ts';
import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';
import { type Column, tableName } from './table.ts';
import {
  type Conflict,
  describe,
  outcomeOf,
  ownReturning,
  type Prepared,
  type Reading,
  returningRows,
  rowsAsAsked,
  takeRows,
  type WriteQuery,
} from './write.ts';

/** Where a query runs: in a transaction or not. */
export interface Surroundings {
  readonly trail: AuditTrail;
  readonly events: AuditTransaction | undefined;
  readonly reading: Reading;
  /** A column's name in the database. */
  columnName(column: Column): string;
}

/** Has an insert, update or delete recorded each time that it is executed. */
export function watchQuery(kind: WriteKind, query: WriteQuery, around: Surroundings): void {
  if (!around.trail.wants(tableName(query.config.table), kind)) return;
  let conflict: Conflict | undefined;
  const { onConflictDoUpdate } = query;
  if (onConflictDoUpdate !== undefined) {
    query.onConflictDoUpdate = (input) => {
      conflict = input;
      return onConflictDoUpdate.call(query, input);
    };
  }
  const prepare = query._prepare.bind(query);
  query._prepare = (name) => {
    const prepared = prepare(name);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = (placeholders, token) => {
      const send = (amended: Prepared | undefined) => (amended ?? { execute }).execute(placeholders, token);
      return executeWatched(kind, query, { prepare, send, conflict, placeholders: placeholders ?? {} }, around);
    };
    return prepared;
  };
}

/** One execution of a query. */
interface Execution {
  /** Makes the query ready as it is configured at the moment. */
  prepare(): Prepared;
  /** Sends what was made ready, else the application's own. */
  send(amended: Prepared | undefined): Promise<unknown>;
  readonly conflict: Conflict | undefined;
  readonly placeholders: Row;
}

async function executeWatched(
  kind: WriteKind,
  query: WriteQuery,
  { prepare, send, conflict, placeholders }: Execution,
  { trail, events, reading, columnName }: Surroundings,
): Promise<unknown> {
  const { table } = query.config;
  const keyFields = trail.idFields(tableName(table));
  const write = trail.attempt(
    () => new SqlWrite(describe(kind, query, placeholders, conflict, keyFields, reading), trail),
  );
  await write?.prepare();
  const own = trail.attempt(() => ownReturning(query)) ?? null;
  const mayAmend = write?.mayReturnRows === true && own !== null && own !== 'rows';
  const amended = mayAmend ? trail.attempt(() => returningRows(query, prepare, own)) : undefined;
  const answer = await send(amended);
  const rows =
    amended && (own === 'none' ? trail.attempt(() => takeRows(answer, table, columnName)) : (answer as Row[]));
  await trail.attemptAsync(async () => {
    const outcome = rows === undefined ? outcomeOf(answer, own) : { count: rows.length, rows };
    for (const change of (await write?.changes(outcome)) ?? []) trail.record(change, events);
  });
  return rows !== undefined && own instanceof Map ? rowsAsAsked(rows, own) : answer;
}
