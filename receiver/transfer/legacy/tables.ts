/** A row's columns as text, as the database prints them; null where it holds nothing. */
export type Row = Readonly<Record<string, string | null>>;

/** Which rows of a table, and in which order. */
export interface Selection {
  readonly columns: readonly string[];
  readonly orderBy: string;
  readonly where?: { readonly column: string; readonly value: string };
}

/** Tables of a database that another package wrote; read, never written. */
export interface Tables {
  /** Names of the table's columns; none when there is no such table. */
  columns(table: string): Promise<readonly string[]>;
  count(table: string): Promise<number>;
  /** Read as they are asked for: a table may be larger than memory. */
  rows(table: string, selection: Selection): AsyncIterable<Row>;
  /** The table that a column refers to, or null when no foreign key says. */
  referredTable(table: string, column: string): Promise<string | null>;
  close(): Promise<void>;
}

/** A name in SQL. Table names may come from the database's own catalogue, so they are never pasted in plainly. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The statement of a selection; its one parameter, if it has any, is the value of `where`. */
export function selectionSql(table: string, { columns, orderBy, where }: Selection, placeholder: string): string {
  const texts = columns.map((column) => `CAST(${quoteName(column)} AS TEXT) AS ${quoteName(column)}`);
  const condition = where ? ` WHERE CAST(${quoteName(where.column)} AS TEXT) = ${placeholder}` : '';
  return `SELECT ${texts.join(', ')} FROM ${quoteName(table)}${condition} ORDER BY ${quoteName(orderBy)}`;
}
