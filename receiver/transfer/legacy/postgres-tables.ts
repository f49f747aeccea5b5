import pg from 'pg';
import { CommandError } from '../../commands/command.ts';
import { quoteName, type Row, selectionSql, type Tables } from './tables.ts';

/** Rows that are in memory at once. */
const ROWS_PER_FETCH = 500;

/** The tables of a PostgreSQL database, as the role of the URL sees them. Throws `CommandError` when it cannot be reached. */
export async function openPostgresTables(url: string): Promise<Tables> {
  const client = new pg.Client({ connectionString: url, application_name: 'logvitals import' });
  // A connection that breaks off fails the query that is under way, too.
  client.on('error', () => {});
  const query = async (sql: string, parameters: readonly string[] = []): Promise<Row[]> =>
    (await client.query(sql, [...parameters]).catch(refuse)).rows;
  await client.connect().catch(refuse);
  // Times come out in one zone, and everything is read from one state of the database.
  await query("SET TIME ZONE 'UTC'");
  await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  let cursors = 0;
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
      const cursor = `rows_${cursors++}`;
      const parameters = selection.where ? [selection.where.value] : [];
      await query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${selectionSql(table, selection, '$1')}`, parameters);
      for (;;) {
        const rows = await query(`FETCH ${ROWS_PER_FETCH} FROM ${cursor}`);
        yield* rows;
        if (rows.length < ROWS_PER_FETCH) break;
      }
      await query(`CLOSE ${cursor}`);
    },
    async referredTable(table, column) {
      const sql = `SELECT referred.relname AS name FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_class AS referred ON referred.oid = c.confrelid
        WHERE c.contype = 'f' AND c.conrelid = to_regclass($1) AND a.attname = $2`;
      return (await query(sql, [quoteName(table), column]))[0]?.name ?? null;
    },
    close: () => client.end(),
  };
}

/** PostgreSQL's messages name roles and databases, never passwords; those of a URL that is none might. */
function refuse(error: Error & { readonly code?: string }): never {
  const reason = error instanceof pg.DatabaseError ? error.message : (error.code ?? 'the URL is none');
  throw new CommandError(`the PostgreSQL source can't be read: ${reason}`);
}
