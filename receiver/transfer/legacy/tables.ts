/** A row's columns as text, as the database prints them; null where it holds nothing. */
export type Row = Readonly<Record<string, string | null>>;

/** Which rows of a table, and in which order. */
export interface Selection {
  readonly columns: readonly string[];
  readonly orderBy: string;
  readonly where?: Condition;
}

/** `value` is what the database prints of a row of this column, or of one that refers to it. */
export interface Condition {
  readonly column: string;
  readonly value: string;
}

/** Where a foreign key points. */
export interface Reference {
  readonly table: string;
  readonly column: string;
}

/** Tables of a database that another package wrote; read, never written. */
export interface Tables {
  /** Names of the table's columns; none when there is no such table. */
  columns(table: string): Promise<readonly string[]>;
  count(table: string): Promise<number>;
  /** Read as they are asked for: a table may be larger than memory. */
  rows(table: string, selection: Selection): AsyncIterable<Row>;
  /** What a column refers to, or null when no foreign key says. */
  reference(table: string, column: string): Promise<Reference | null>;
  close(): Promise<void>;
}

/** A name in SQL. Table names may come from the database's own catalogue, so they are never pasted in plainly. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The statement of a selection. `condition` is SQL: columns are compared as they are, so that their indexes serve. */
export function selectionSql(table: string, { columns, orderBy }: Selection, condition?: string): string {
  const texts = columns.map((column) => `CAST(${quoteName(column)} AS TEXT) AS ${quoteName(column)}`);
  const where = condition === undefined ? '' : ` WHERE ${condition}`;
  return `SELECT ${texts.join(', ')} FROM ${quoteName(table)}${where} ORDER BY ${quoteName(orderBy)}`;
}
