import pg from 'pg';
import { CommandError } from '../../commands/command.ts';
import { type Condition, quoteName, type Row, selectionSql, type Tables } from './tables.ts';

/** Rows that are in memory at once. */
const ROWS_PER_FETCH = 500;

/** The tables of a PostgreSQL database, as the role of the URL sees them. Throws `CommandError` when it cannot be reached. */
export async function openPostgresTables(url: string): Promise<Tables> {
  const client = clientFor(url);
  // A connection that breaks off fails the query that is under way, too.
  client.on('error', () => {});
  const query: Query = async (sql, parameters = []) => (await client.query(sql, [...parameters]).catch(refuse)).rows;
  await client.connect().catch(refuse);
  // Times come out in one zone and one form, whatever the role prefers; a slow storage on the other side ends nothing.
  await query("SET TIME ZONE 'UTC'");
  await query("SET DateStyle = 'ISO'");
  await query('SET statement_timeout = 0');
  await query('SET idle_in_transaction_session_timeout = 0');
  // Everything is read from one state of the database.
  await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  let cursors = 0;
  const typeOf = typesOf(query);
  return {
    async columns(table) {
      const sql =
        'SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped';
      return (await query(sql, [quoteName(table)])).map(({ name }) => name!);
    },
    async count(table) {
      return Number((await query(`SELECT count(*) AS count FROM ${quoteName(table)}`))[0]!.count);
    },
    async *rows(table, selection) {
      const { where } = selection;
      if (where) {
        const condition = conditionSql(where, await typeOf(table, where.column));
        if (condition !== null) yield* await query(selectionSql(table, selection, condition), [where.value]);
        return;
      }
      const cursor = `rows_${cursors++}`;
      await query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${selectionSql(table, selection)}`);
      for (;;) {
        const rows = await query(`FETCH ${ROWS_PER_FETCH} FROM ${cursor}`);
        yield* rows;
        if (rows.length < ROWS_PER_FETCH) break;
      }
      await query(`CLOSE ${cursor}`);
    },
    async reference(table, column) {
      const sql = `SELECT referred.relname AS name, key.attname AS key FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_class AS referred ON referred.oid = c.confrelid
        JOIN pg_attribute AS key ON key.attrelid = c.confrelid AND key.attnum = c.confkey[1]
        WHERE c.contype = 'f' AND c.conrelid = to_regclass($1) AND a.attname = $2`;
      const [row] = await query(sql, [quoteName(table), column]);
      return row === undefined ? null : { table: row.name!, column: row.key! };
    },
    close: () => client.end(),
  };
}

function clientFor(url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url, application_name: 'logvitals import' });
  } catch {
    // What is thrown holds the URL, password and all.
    throw new CommandError("the PostgreSQL source can't be read: the URL is none");
  }
}

type Query = (sql: string, parameters?: readonly string[]) => Promise<Row[]>;

/** Types of columns, each asked for once. */
function typesOf(query: Query): (table: string, column: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (table, column) => {
    const place = JSON.stringify([table, column]);
    let type = known.get(place);
    if (type === undefined) {
      const sql =
        'SELECT atttypid::regtype::text AS type FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2';
      type = (await query(sql, [quoteName(table), column]))[0]?.type ?? '';
      known.set(place, type);
    }
    return type;
  };
}

const UUID = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

/**
 * A condition by which the column's index serves; null when the column can hold no such value, of which PostgreSQL would
 * make an error.
 */
function conditionSql({ column, value }: Condition, type: string): string | null {
  const name = quoteName(column);
  if (/^(smallint|integer|bigint)$/.test(type)) return /^-?\d{1,18}$/.test(value) ? `${name} = $1::bigint` : null;
  if (type === 'uuid') return UUID.test(value) ? `${name} = $1::uuid` : null;
  return /^(text|character varying)$/.test(type) ? `${name} = $1` : `${name}::text = $1`;
}

/** PostgreSQL's messages, and the driver's own, name roles and databases, never passwords; the system's have a code. */
function refuse(error: Error & { readonly code?: string }): never {
  const reason = error instanceof pg.DatabaseError ? error.message : (error.code ?? error.message);
  throw new CommandError(`the PostgreSQL source can't be read: ${reason}`);
}
