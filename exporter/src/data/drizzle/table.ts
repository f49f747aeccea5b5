import type { Row } from '../change.ts';

/**
 * The little of Drizzle's tables and SQL that is read and made here, as structural types. Drizzle tells its own classes by
 * the mark `drizzle:entityKind`, whichever copy of it they come from, so that it need not be imported.
 */
export const ENTITY_KIND = Symbol.for('drizzle:entityKind');
const COLUMNS = Symbol.for('drizzle:Columns');
const NAME = Symbol.for('drizzle:Name');
const SCHEMA = Symbol.for('drizzle:Schema');
const EXTRA_CONFIG = Symbol.for('drizzle:ExtraConfigBuilder');

export interface Column {
  readonly name: string;
  readonly primary?: boolean;
  mapFromDriverValue(value: unknown): unknown;
}

export interface Table {
  readonly [COLUMNS]: Readonly<Record<string, Column>>;
  readonly [NAME]: string;
  readonly [SCHEMA]?: string | undefined;
  readonly [EXTRA_CONFIG]?: (columns: Readonly<Record<string, Column>>) => unknown;
}

/** By the names that the application's schema gives them. */
export const columnsOf = (table: Table): Readonly<Record<string, Column>> => table[COLUMNS];

/** `orders`, or `shop.orders` where the table's schema is named. */
export function tableName(table: Table): string {
  return table[SCHEMA] === undefined ? table[NAME] : `${table[SCHEMA]}.${table[NAME]}`;
}

/** The name of Drizzle's class that the value is an instance of. */
export function entityKind(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value.constructor as { [ENTITY_KIND]?: string })?.[ENTITY_KIND];
}

/** The fields of the primary key, declared on the column or on the table; `id` when neither is. */
export function keyFieldsOf(table: Table): readonly string[] {
  const columns = Object.entries(table[COLUMNS]);
  const single = columns.filter(([, column]) => column.primary === true).map(([field]) => field);
  if (single.length > 0) return single;
  const declared = Object.values((table[EXTRA_CONFIG]?.(table[COLUMNS]) ?? {}) as object).find((extra) =>
    entityKind(extra)?.endsWith('PrimaryKeyBuilder'),
  ) as { columns: readonly Column[] } | undefined;
  if (declared === undefined) return ['id'];
  return columns.filter(([, column]) => declared.columns.includes(column)).map(([field]) => field);
}

/** Drizzle's `SQL`, as far as it is asked of a condition. */
class Condition {
  static readonly [ENTITY_KIND] = 'SQL';
  readonly queryChunks: readonly unknown[];
  readonly shouldInlineParams = false;

  constructor(queryChunks: readonly unknown[]) {
    this.queryChunks = queryChunks;
  }

  getSQL(): this {
    return this;
  }
}

class Text {
  static readonly [ENTITY_KIND] = 'StringChunk';
  readonly value: readonly string[];

  constructor(text: string) {
    this.value = [text];
  }
}

class Param {
  static readonly [ENTITY_KIND] = 'Param';
  readonly value: unknown;
  readonly encoder: Column;

  constructor(value: unknown, encoder: Column) {
    this.value = value;
    this.encoder = encoder;
  }
}

/** A condition that is met by the rows which have these keys. */
export function whereKeys(table: Table, fields: readonly string[], keys: readonly Row[]): object {
  const equal = (key: Row) => (field: string) => {
    const column = table[COLUMNS][field] as Column;
    return [column, new Text(' = '), new Param(key[field], column)];
  };
  const rows = keys.map((key) => [new Text('('), ...joined(fields.map(equal(key)), ' and '), new Text(')')]);
  return new Condition(joined(rows, ' or '));
}

function joined(lists: readonly (readonly unknown[])[], between: string): unknown[] {
  return lists.flatMap((list, index) => (index === 0 ? list : [new Text(between), ...list]));
}

/** The value that a parameter carries, one for a placeholder included; `known` is false for SQL. */
export function literalOf(value: unknown, placeholders: Row): { readonly known: boolean; readonly value?: unknown } {
  const kind = entityKind(value);
  if (kind === 'Param') return literalOf((value as Param).value, placeholders);
  if (kind === 'Placeholder') return { known: true, value: placeholders[(value as { name: string }).name] };
  return kind === undefined ? { known: true, value } : { known: false };
}

/** The fields that a condition pins to a value by `eq`, joined by `and`. */
export function pinnedFields(table: Table, where: unknown, placeholders: Row): Row {
  const chunks = (where as { queryChunks?: readonly unknown[] } | undefined)?.queryChunks ?? [];
  const texts = chunks
    .filter((chunk) => entityKind(chunk) === 'StringChunk')
    .map((chunk) => (chunk as Text).value.join(''));
  const parts = chunks.filter((chunk) => entityKind(chunk) !== 'StringChunk' && chunk !== undefined);
  const [left, right] = parts;
  if (parts.length === 2 && entityKind(right) === 'Param' && texts.join('').trim() === '=') {
    const field = Object.entries(table[COLUMNS]).find(([, column]) => column === left)?.[0];
    return field === undefined ? {} : { [field]: literalOf(right, placeholders).value };
  }
  if (!texts.every((text) => ['', '(', ')', 'and'].includes(text.trim()))) return {};
  return Object.assign({}, ...parts.map((part) => pinnedFields(table, part, placeholders)));
}
