import type { Clock } from '../../record/clock.ts';
import type { Connection, Transaction } from './connection.ts';
import { DAY_MILLISECONDS, type Day, dateOf, dayOf, startOf } from './day.ts';
import { SQLSTATE, sqlStateOf } from './errors.ts';

/** Days from today on that have their tables before their first record comes. */
const DAYS_AHEAD = 2;
/** Records of a later day are taken for a wrong clock, and wait in the default partition. */
const LAST_DAY_AHEAD = 7;
/** Days back that get tables of their own, unless retention keeps records for longer. */
const DAYS_BACK = 400;
/** Milliseconds that readers and writers may be kept waiting while a table is attached. */
const LOCK_TIMEOUT = 2000;
/** Milliseconds until it is tried again: what holds a table, such as a backup, does so for long. */
const HELD_UP = 30_000;
/** Advisory locks of ours are told from others' by this number, and from each other's by the schema. */
const PARTITION_LOCK = 7_148_403;
/** Moving records out of the default partition takes as long as there are many. */
const MOVE_TIMEOUT = 10 * 60 * 1000;

const NAME = /^record_(\d{4})(\d\d)(\d\d)$/;

/** The name of a day's partition, without its schema. */
export function partitionName(day: Day): string {
  return `record_${dateOf(day).replaceAll('-', '')}`;
}

/** The day of a partition, or null for the default one. */
function dayOfPartition(name: string): Day | null {
  const [, year, month, date] = NAME.exec(name) ?? [];
  return year === undefined ? null : Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY_MILLISECONDS;
}

/** Days that have a partition, in ascending order. */
export async function partitionedDays(connection: Connection): Promise<Day[]> {
  const rows = await connection.query<{ name: string }>(
    `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = '${connection.schema}.record'::regclass`,
  );
  return rows
    .map(({ name }) => dayOfPartition(name))
    .filter((day) => day !== null)
    .sort((one, other) => one - other);
}

/**
 * The daily partitions of the table `record`. Days near the present get theirs ahead of time, other days when records of
 * theirs come; days far from it share the default partition, so that hostile times make no tables.
 */
export class Partitions {
  readonly #connection: Connection;
  readonly #now: Clock;
  readonly #daysBack: number;
  #known = new Set<Day>();
  /** Until then nothing is attached: the last try waited in vain, as the next would. By `performance.now()`. */
  #heldUpUntil = 0;

  constructor(connection: Connection, now: Clock, retentionDays: number) {
    this.#connection = connection;
    this.#now = now;
    this.#daysBack = Math.max(DAYS_BACK, retentionDays + 1);
  }

  /** Makes what the present day asks for: tables ahead of time, and those for what waits in the default partition. */
  async keepUp(): Promise<void> {
    const today = dayOf(this.#now());
    await this.#learn();
    const ahead = Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => today + day);
    await this.ensure([...ahead, ...(await this.#waiting(today))]);
  }

  /**
   * Makes the tables for these days that are missing. A table that cannot be had at present, because long queries hold
   * the table above it, is none that records wait for: they go to the default partition, and `keepUp` moves them.
   */
  async ensure(days: Iterable<Day>): Promise<void> {
    const missing = [...new Set(days)].filter((day) => this.#isWanted(day) && !this.#known.has(day));
    if (missing.length === 0 || performance.now() < this.#heldUpUntil) return;
    await this.#learn();
    for (const day of missing) {
      if (!this.#known.has(day) && !(await this.#make(day))) return;
    }
  }

  /** A table was removed. */
  forget(day: Day): void {
    this.#known.delete(day);
  }

  #isWanted(day: Day): boolean {
    const today = dayOf(this.#now());
    return day >= today - this.#daysBack && day <= today + LAST_DAY_AHEAD;
  }

  async #learn(): Promise<void> {
    this.#known = new Set(await partitionedDays(this.#connection));
  }

  /** Days whose records are in the default partition and should not be. */
  async #waiting(today: Day): Promise<Day[]> {
    const rows = await this.#connection.query<{ start: bigint }>(
      `select start from generate_series($1::timestamptz, $2::timestamptz, interval '24 hours') as start
       where exists (
         select from ${this.#connection.schema}.record_default
         where time >= start and time < start + interval '24 hours'
       )`,
      [startOf(today - this.#daysBack), startOf(today + LAST_DAY_AHEAD)],
    );
    return rows.map(({ start }) => dayOf(start * 1000n));
  }

  /** False when the table cannot be had at present. */
  async #make(day: Day): Promise<boolean> {
    try {
      await this.#connection.transaction((transaction) => this.#attach(transaction, day), { timeout: MOVE_TIMEOUT });
      this.#known.add(day);
      return true;
    } catch (error) {
      if (!MADE_LATER.has(sqlStateOf(error))) throw error;
      this.#heldUpUntil = performance.now() + HELD_UP;
      return false;
    }
  }

  async #attach({ query }: Transaction, day: Day): Promise<void> {
    const { schema, schemaName } = this.#connection;
    const name = partitionName(day);
    const partition = `${schema}.${name}`;
    const [from, to] = [startOf(day), startOf(day + 1)];
    await query(`set local lock_timeout = ${LOCK_TIMEOUT}`);
    await query('select pg_advisory_xact_lock($1, hashtext($2))', [PARTITION_LOCK, schemaName]);
    const madeMeanwhile = await query(
      'select 1 from pg_class join pg_namespace on pg_namespace.oid = relnamespace where nspname = $1 and relname = $2',
      [schemaName, name],
    );
    if (madeMeanwhile.length > 0) return;
    await query(`create table ${partition} (like ${schema}.record including defaults)`);
    // Nobody may add records of the day between moving and attaching.
    await query(`lock table ${schema}.record_default in access exclusive mode`);
    await query(
      `with moved as (delete from ${schema}.record_default where time >= $1 and time < $2 returning *)
       insert into ${partition} select * from moved`,
      [from, to],
    );
    await query(`alter table ${schema}.record attach partition ${partition} for values from ('${from}') to ('${to}')`);
  }
}

/** Somebody holds a table for longer than records can wait. */
const MADE_LATER: ReadonlySet<string> = new Set([SQLSTATE.lockNotAvailable, SQLSTATE.deadlock]);
