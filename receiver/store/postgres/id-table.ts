import type { Connection } from './connection.ts';
import { type Day, dateOf } from './day.ts';

/** What rows of one table are made of. */
export interface IdTableKind<Subject> {
  readonly table: 'logger' | 'resource' | 'scope';
  /** Names and types of the columns that `valuesOf` gives. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly valuesOf: (subject: Subject) => readonly unknown[];
  /** Whether two subjects have the same row for certain; a quick look that may say no too often. */
  readonly isSame: (one: Subject, other: Subject) => boolean;
  /** What tells subjects apart. */
  readonly keyOf: (subject: Subject) => string;
  /** SHA-256 of the same. */
  readonly digestOf: (subject: Subject) => Buffer;
}

interface Known {
  readonly id: number;
  /** As the column `used_until`. */
  readonly usedUntil: Day;
}

interface Missing<Subject> {
  readonly subject: Subject;
  usedUntil: Day;
}

/** Ids kept in memory. */
const MOST_KNOWN = 20_000;

/** Ids of what many records refer to; rows that are missing are made. */
export class IdTable<Subject> {
  readonly #connection: Connection;
  readonly #kind: IdTableKind<Subject>;
  readonly #known = new Map<string, Known>();

  constructor(connection: Connection, kind: IdTableKind<Subject>) {
    this.#connection = connection;
    this.#kind = kind;
  }

  /** An id for each subject. Retention leaves their rows alone until the day that `usedUntil` gives for the same place. */
  async idsOf(subjects: readonly Subject[], usedUntil: (place: number) => Day): Promise<readonly number[]> {
    const { isSame, keyOf } = this.#kind;
    const keys: string[] = [];
    const found = new Map<string, Known>();
    const missing = new Map<string, Missing<Subject>>();
    for (const [place, subject] of subjects.entries()) {
      const key = place > 0 && isSame(subjects[place - 1]!, subject) ? keys[place - 1]! : keyOf(subject);
      keys.push(key);
      const until = usedUntil(place);
      const known = found.get(key) ?? this.#known.get(key);
      if (known && known.usedUntil >= until) {
        found.set(key, known);
        continue;
      }
      const other = missing.get(key);
      if (other) other.usedUntil = Math.max(other.usedUntil, until);
      else missing.set(key, { subject, usedUntil: until });
    }
    for (const [key, known] of await this.#make(missing)) {
      found.set(key, known);
      this.#keep(key, known);
    }
    return keys.map((key) => found.get(key)!.id);
  }

  /** Rows may have been removed. */
  forget(): void {
    this.#known.clear();
  }

  /** Makes rows, and lengthens the use of those that are there. */
  async #make(missing: ReadonlyMap<string, Missing<Subject>>): Promise<Map<string, Known>> {
    const made = new Map<string, Known>();
    if (missing.size === 0) return made;
    const { table, columns, valuesOf, digestOf } = this.#kind;
    const keysByDigest = new Map<string, string>();
    const parameters: unknown[][] = [[], [], ...columns.map(() => [])];
    for (const [key, { subject, usedUntil }] of missing) {
      const digest = digestOf(subject);
      keysByDigest.set(digest.toString('base64'), key);
      const row = [digest, dateOf(usedUntil), ...valuesOf(subject)];
      for (const [index, value] of row.entries()) parameters[index]!.push(value);
    }
    const names = ['digest', 'used_until', ...columns.map(([name]) => name)].join(', ');
    const arrays = ['bytea', 'date', ...columns.map(([, type]) => type)].map((type, i) => `$${i + 1}::${type}[]`);
    // In the order of digests, so that receivers which make the same rows do not wait for each other in a circle.
    const rows = await this.#connection.query<{ id: number; digest: Buffer }>(
      `insert into ${this.#connection.schema}.${table} as held (${names})
       select * from unnest(${arrays.join(', ')}) order by 1
       on conflict (digest) do update set used_until = greatest(held.used_until, excluded.used_until)
       returning id, digest`,
      parameters,
    );
    for (const { id, digest } of rows) {
      const key = keysByDigest.get(digest.toString('base64'))!;
      made.set(key, { id, usedUntil: missing.get(key)!.usedUntil });
    }
    return made;
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size <= MOST_KNOWN) return;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest!);
  }
}
