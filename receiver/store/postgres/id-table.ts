import type { Connection } from './connection.ts';
import { type Day, dateOf } from './day.ts';
import { retryConflicts } from './errors.ts';

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

/** Rows that one statement makes: readers rely on ids that are committed not long after others were given (`SharedParts`). */
const ROWS_AT_ONCE = 1000;
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
    const keep = (known: Known, key: string) => {
      missing.delete(key);
      found.set(key, known);
      this.#keep(key, known);
    };
    (await this.#find(missing)).forEach(keep);
    (await this.#make(missing)).forEach(keep);
    return keys.map((key) => found.get(key)!.id);
  }

  /** Rows may have been removed. */
  forget(): void {
    this.#known.clear();
  }

  /** Rows that are there, and are used for as long. */
  async #find(missing: ReadonlyMap<string, Missing<Subject>>): Promise<Map<string, Known>> {
    const found = new Map<string, Known>();
    if (missing.size === 0) return found;
    const keysByDigest = this.#keysByDigest(missing);
    const rows = await this.#connection.query<{ id: number; digest: Buffer; used_until: Day }>(
      `select id, digest, used_until - date '1970-01-01' as used_until from ${this.#table} where digest = any($1::bytea[])`,
      [[...keysByDigest.keys()].map((digest) => Buffer.from(digest, 'base64'))],
    );
    for (const { id, digest, used_until: usedUntil } of rows) {
      const key = keysByDigest.get(digest.toString('base64'))!;
      if (usedUntil >= missing.get(key)!.usedUntil) found.set(key, { id, usedUntil });
    }
    return found;
  }

  /** Makes rows, and lengthens the use of those that are there. */
  async #make(missing: ReadonlyMap<string, Missing<Subject>>): Promise<Map<string, Known>> {
    const made = new Map<string, Known>();
    const keysByDigest = this.#keysByDigest(missing);
    const digests = [...keysByDigest.keys()];
    for (let first = 0; first < digests.length; first += ROWS_AT_ONCE) {
      const piece = digests.slice(first, first + ROWS_AT_ONCE);
      const rows = await this.#makePiece(piece.map((digest) => [digest, missing.get(keysByDigest.get(digest)!)!]));
      for (const { id, digest } of rows) {
        const key = keysByDigest.get(digest.toString('base64'))!;
        made.set(key, { id, usedUntil: missing.get(key)!.usedUntil });
      }
    }
    return made;
  }

  #makePiece(piece: readonly (readonly [digest: string, missing: Missing<Subject>])[]) {
    const { columns, valuesOf } = this.#kind;
    const parameters: unknown[][] = [[], [], ...columns.map(() => [])];
    for (const [digest, { subject, usedUntil }] of piece) {
      const row = [Buffer.from(digest, 'base64'), dateOf(usedUntil), ...valuesOf(subject)];
      for (const [index, value] of row.entries()) parameters[index]!.push(value);
    }
    const names = ['digest', 'used_until', ...columns.map(([name]) => name)].join(', ');
    const arrays = ['bytea', 'date', ...columns.map(([, type]) => type)].map((type, i) => `$${i + 1}::${type}[]`);
    // In the order of digests, so that receivers which make the same rows do not wait for each other in a circle; one
    // with `noteSeen`, which goes by ids, is possible.
    return retryConflicts(() =>
      this.#connection.query<{ id: number; digest: Buffer }>(
        `insert into ${this.#table} as held (${names})
         select * from unnest(${arrays.join(', ')}) order by 1
         on conflict (digest) do update set used_until = greatest(held.used_until, excluded.used_until)
         returning id, digest`,
        parameters,
      ),
    );
  }

  #keysByDigest(missing: ReadonlyMap<string, Missing<Subject>>): ReadonlyMap<string, string> {
    const keys = new Map<string, string>();
    for (const [key, { subject }] of missing) keys.set(this.#kind.digestOf(subject).toString('base64'), key);
    return keys;
  }

  get #table(): string {
    return `${this.#connection.schema}.${this.#kind.table}`;
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size <= MOST_KNOWN) return;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest!);
  }
}
