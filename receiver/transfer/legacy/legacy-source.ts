import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import { CommandError } from '../../commands/command.ts';
import type { LegacyFault, LegacyRecord } from './legacy-record.ts';
import type { Row, Tables } from './tables.ts';

/** Records of another package, to be read once. */
export interface LegacySource {
  /** How much there is, in what `read` counts: rows of a database, bytes of a file. */
  readonly size: number;
  /** `onRead` is told how much of `size` was read. */
  read(onRead: (amount: number) => void): AsyncIterable<LegacyRecord | LegacyFault>;
  close(): Promise<void>;
}

/** What a package's rows become. Made for one import: it may remember what many rows share. */
export interface TablePackage {
  /** The table with one row for each record. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns that databases of the package's older versions lack. */
  readonly newerColumns?: readonly string[];
  /** Gives rows one order, and each a name by which it is known again. */
  readonly key: string;
  convert(row: Row, tables: Tables, zone: TimeZone): Promise<LegacyRecord | LegacyFault>;
}

/** Reads a package's table. Rejects with `CommandError` when the database has no such table. */
export async function tableSource(part: TablePackage, tables: Tables, zone: TimeZone): Promise<LegacySource> {
  const { table, key } = part;
  const there = await tables.columns(table);
  const columns = [...part.columns, ...(part.newerColumns ?? []).filter((column) => there.includes(column))];
  const missing = columns.filter((column) => !there.includes(column));
  if (there.length === 0) throw new CommandError(`the source has no table ${table}`);
  if (missing.length > 0) throw new CommandError(`the table ${table} of the source lacks ${missing.join(', ')}`);
  return {
    size: await tables.count(table),
    async *read(onRead) {
      for await (const row of tables.rows(table, { columns, orderBy: key })) {
        onRead(1);
        yield await part.convert(row, tables, zone);
      }
    },
    close: () => tables.close(),
  };
}
