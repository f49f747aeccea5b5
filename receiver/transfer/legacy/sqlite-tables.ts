import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../../commands/command.ts';
import { quoteName, type Row, type Selection, selectionSql, type Tables } from './tables.ts';

/** The tables of a SQLite file, which is opened to be read alone. Throws `CommandError` when it cannot be. */
export function openSqliteTables(file: string): Tables {
  if (!existsSync(file)) throw new CommandError(`there is no file ${JSON.stringify(file)}`);
  const database = open(file);
  const all = (sql: string, ...parameters: string[]) => database.prepare(sql).all(...parameters) as unknown as Row[];
  return {
    async columns(table) {
      return all('SELECT name FROM pragma_table_info(?)', table).map(({ name }) => name!);
    },
    async count(table) {
      return Number(all(`SELECT count(*) AS count FROM ${quoteName(table)}`)[0]!.count);
    },
    async *rows(table, selection: Selection) {
      const statement = database.prepare(selectionSql(table, selection, '?'));
      yield* statement.iterate(...(selection.where ? [selection.where.value] : [])) as Iterable<Row>;
    },
    async referredTable(table, column) {
      return (
        all('SELECT "table" AS name FROM pragma_foreign_key_list(?) WHERE "from" = ?', table, column)[0]?.name ?? null
      );
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
