import type { AnyValue } from '../../record/any-value.ts';
import { parseJsonValue } from './json-value.ts';
import { isEmpty } from './line-fields.ts';
import type { Reference, Row, Tables } from './tables.ts';

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
  /** Null when it is not there. */
  readonly #users: Reference | null;
  readonly #userColumns: readonly string[];
  readonly #types: ReadonlyMap<string, string>;
  readonly #knownUsers = new Map<string, DjangoUser>();

  private constructor(
    tables: Tables,
    users: Reference | null,
    userColumns: readonly string[],
    types: ReadonlyMap<string, string>,
  ) {
    this.#tables = tables;
    this.#users = users;
    this.#userColumns = userColumns;
    this.#types = types;
  }

  /** `table.column` refers to the user table. */
  static async open(tables: Tables, table: string, column: string): Promise<DjangoTables> {
    const users = (await tables.reference(table, column)) ?? { table: 'auth_user', column: 'id' };
    const columns = await tables.columns(users.table);
    const isThere = columns.includes(users.column);
    return new DjangoTables(tables, isThere ? users : null, columns, await contentTypes(tables));
  }

  /** `app_label.model`, or undefined for a type that is not there any more. */
  typeName(id: string | null): string | undefined {
    return id === null ? undefined : this.#types.get(id);
  }

  /** A user by the primary key, with the name when the table is there; null for nobody. */
  async user(id: string | null): Promise<DjangoUser | null> {
    if (id === null) return null;
    const known = this.#knownUsers.get(id);
    if (known) return known;
    const user = await this.#readUser(id);
    if (this.#knownUsers.size >= MOST_USERS_HELD) this.#knownUsers.clear();
    this.#knownUsers.set(id, user);
    return user;
  }

  /** The name of an object: of a user it is known. */
  async objectName(type: string | undefined, id: string | null): Promise<string | undefined> {
    const isUser = type !== undefined && this.#users?.table === type.replace('.', '_');
    return isUser ? (await this.user(id))?.name : undefined;
  }

  async #readUser(id: string): Promise<DjangoUser> {
    const columns = ['username', 'email'].filter((column) => this.#userColumns.includes(column));
    if (this.#users === null || columns.length === 0) return { id, name: undefined, email: undefined };
    const { table, column } = this.#users;
    const selection = { columns, orderBy: column, where: { column, value: id } };
    for await (const { username, email } of this.#tables.rows(table, selection)) {
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
