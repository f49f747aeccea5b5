import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../../commands/command.ts';
import { quoteName, type Row, selectionSql, type Tables } from './tables.ts';

/** The tables of a SQLite file, which is opened to be read alone. Throws `CommandError` when it cannot be. */
export function openSqliteTables(file: string): Tables {
  if (!existsSync(file)) throw new CommandError(`there is no file ${JSON.stringify(file)}`);
  const database = open(file);
  function* iterate(sql: string, ...parameters: string[]): Iterable<Row> {
    try {
      yield* database.prepare(sql).iterate(...parameters) as Iterable<Row>;
    } catch (error) {
      throw new CommandError(`${JSON.stringify(file)} can't be read: ${(error as Error).message}`);
    }
  }
  return {
    async columns(table) {
      return Array.from(iterate('SELECT name FROM pragma_table_info(?)', table), ({ name }) => name!);
    },
    async count(table) {
      const [row] = iterate(`SELECT count(*) AS count FROM ${quoteName(table)}`);
      return Number(row!.count);
    },
    async *rows(table, selection) {
      const { where } = selection;
      if (where === undefined) yield* iterate(selectionSql(table, selection));
      else yield* iterate(selectionSql(table, selection, `${quoteName(where.column)} = ?`), where.value);
    },
    async reference(table, column) {
      const sql = 'SELECT "table" AS name, "to" AS key FROM pragma_foreign_key_list(?) WHERE "from" = ?';
      const [row] = iterate(sql, table, column);
      // A key that names no column means the primary one, which Django calls so.
      return row === undefined ? null : { table: row.name!, column: row.key ?? 'id' };
    },
    async close() {
      database.close();
    },
  };
}

function open(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return database;
  } catch (error) {
    throw new CommandError(
      `${JSON.stringify(file)} is no SQLite database that can be read: ${(error as Error).message}`,
    );
  }
}
