import type { AnyValue } from '../../record/any-value.ts';
import { parseJsonValue } from './json-value.ts';
import { isEmpty } from './line-fields.ts';
import type { Row, Tables } from './tables.ts';

const MOST_USERS_HELD = 10_000;
const MOST_TYPES_HELD = 10_000;

export interface DjangoUser {
  readonly id: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/** What Django's own tables say of users and of content types: Django's, or the project's own user table. */
export class DjangoTables {
  readonly #tables: Tables;
  readonly #userTable: string | null;
  readonly #userColumns: readonly string[];
  readonly #types: ReadonlyMap<string, string>;
  readonly #users = new Map<string, DjangoUser>();

  private constructor(
    tables: Tables,
    userTable: string | null,
    userColumns: readonly string[],
    types: ReadonlyMap<string, string>,
  ) {
    this.#tables = tables;
    this.#userTable = userTable;
    this.#userColumns = userColumns;
    this.#types = types;
  }

  /** `table.column` refers to the user table. */
  static async open(tables: Tables, table: string, column: string): Promise<DjangoTables> {
    const named = (await tables.referredTable(table, column)) ?? 'auth_user';
    const columns = await tables.columns(named);
    return new DjangoTables(tables, columns.length > 0 ? named : null, columns, await contentTypes(tables));
  }

  /** `app_label.model`, or undefined for a type that is not there any more. */
  typeName(id: string | null): string | undefined {
    return id === null ? undefined : this.#types.get(id);
  }

  /** A user by the primary key, with the name when the table is there; null for nobody. */
  async user(id: string | null): Promise<DjangoUser | null> {
    if (id === null) return null;
    const known = this.#users.get(id);
    if (known) return known;
    const user = await this.#readUser(id);
    if (this.#users.size >= MOST_USERS_HELD) this.#users.clear();
    this.#users.set(id, user);
    return user;
  }

  /** The name of an object: of a user it is known. */
  async objectName(type: string | undefined, id: string | null): Promise<string | undefined> {
    const isUser = type !== undefined && this.#userTable === type.replace('.', '_');
    return isUser ? (await this.user(id))?.name : undefined;
  }

  async #readUser(id: string): Promise<DjangoUser> {
    const columns = ['username', 'email'].filter((column) => this.#userColumns.includes(column));
    if (this.#userTable === null || columns.length === 0) return { id, name: undefined, email: undefined };
    const selection = { columns, orderBy: 'id', where: { column: 'id', value: id } };
    for await (const { username, email } of this.#tables.rows(this.#userTable, selection)) {
      return { id, name: username || email || undefined, email: email || undefined };
    }
    return { id, name: undefined, email: undefined };
  }
}

async function contentTypes(tables: Tables): Promise<ReadonlyMap<string, string>> {
  const table = 'django_content_type';
  const types = new Map<string, string>();
  if ((await tables.columns(table)).length === 0) return types;
  for await (const { id, app_label, model } of tables.rows(table, {
    columns: ['id', 'app_label', 'model'],
    orderBy: 'id',
  })) {
    if (types.size === MOST_TYPES_HELD) break;
    types.set(id!, `${app_label}.${model}`);
  }
  return types;
}

/** A JSON column's value; undefined when it holds nothing or an empty object, and the text itself where it is no JSON. */
export function jsonColumn(row: Row, column: string): AnyValue | undefined {
  const text = row[column];
  if (text === null || text === undefined) return undefined;
  try {
    const value = parseJsonValue(text);
    return isEmpty(value) ? undefined : value;
  } catch {
    return text;
  }
}
