import { type RawBuilder, sql } from 'kysely';
import type { StoredRecord } from '../../../record/log-record.ts';
import type { Order } from '../../common/cursor.ts';
import { type Position, parseId } from '../../common/ids.ts';
import type { CandidateSource, Candidates } from '../../common/page-walk.ts';
import type { Connection } from '../connection.ts';
import { RECORD_COLUMNS, type RecordColumns, recordOf } from '../row-record.ts';
import { joinTime } from '../time.ts';
import type { SqlTruth } from './condition.ts';
import { runSql } from './run-sql.ts';
import type { SharedParts } from './shared-parts.ts';
import { inOrder, isBehind, isWithin, type TimeRange } from './time-range.ts';
import { TimeWalk } from './time-walk.ts';

/** Texts and values of the rows of one answer; the row that goes beyond is its last. */
const ANSWER_BYTES = 16 * 1024 * 1024;

export interface CandidateOptions extends TimeRange {
  /** Which rows. */
  readonly truth: SqlTruth;
  readonly order: Order;
  /** Where to start, exclusive; the time range's edge when absent. */
  readonly after?: Position | undefined;
  /** Whether all rows match for certain. */
  readonly isExact: boolean;
  readonly isServedByIndex: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The rows of `record` for which something is true, as candidates of a page. */
export class RowCandidates implements CandidateSource {
  readonly #connection: Connection;
  readonly #parts: SharedParts;
  readonly #options: CandidateOptions;
  readonly #walk: TimeWalk;
  readonly passOver?: CandidateSource['passOver'];

  constructor(connection: Connection, parts: SharedParts, options: CandidateOptions) {
    this.#connection = connection;
    this.#parts = parts;
    this.#options = options;
    this.#walk = new TimeWalk(connection, options);
    if (options.isExact) this.passOver = (after, count) => this.#passOver(after, count);
  }

  async fetch(after: Position | null, size: number): Promise<Candidates> {
    const look = await this.#look(after, (where, signal) => this.#read(where, size, signal));
    if (!look) return { records: [], next: null };
    const { records, isCut } = look.result;
    return { records, next: isCut ? parseId(records.at(-1)!.id) : this.#endOf(look.stretch) };
  }

  async #passOver(after: Position | null, count: number) {
    const look = await this.#look(after, (where, signal) => this.#lastOf(where, count, signal));
    if (!look) return { passed: 0, next: null };
    const last = look.result;
    if (last === undefined || last.number < count)
      return { passed: last?.number ?? 0, next: this.#endOf(look.stretch) };
    return { passed: count, next: { timestamp: joinTime(last.time, last.ns), sequence: last.sequence } };
  }

  #look<Result>(reached: Position | null, work: (where: SqlTruth, signal: AbortSignal) => Promise<Result>) {
    const { order, truth } = this.#options;
    const after = reached ?? this.#options.after ?? null;
    return this.#walk.look(after && edgeBehind(after, order), (stretch, signal) => {
      const place = after ? sql<boolean>` and ${isBehind(after, order)}` : sql``;
      return work(sql`${isWithin(stretch)}${place} and ${truth}`, signal);
    });
  }

  /** The end of a stretch that has nothing more. */
  #endOf({ from, to }: TimeRange): Position | null {
    const isNewestFirst = this.#options.order === 'newest';
    const isLast = isNewestFirst ? from <= this.#options.from : to >= this.#options.to || to >= 2n ** 63n;
    return isLast ? null : { timestamp: isNewestFirst ? from : to, sequence: 0 };
  }

  /** The first records in order; cut when there may be more, for their number or their size. */
  async #read(
    where: SqlTruth,
    size: number,
    signal: AbortSignal,
  ): Promise<{ records: StoredRecord[]; isCut: boolean }> {
    const order = inOrder(this.#options.order);
    const columns = sql.join(RECORD_COLUMNS.map((column) => sql.ref(column)));
    const query: RawBuilder<RecordColumns & { size: number; total: number }> = sql`
      select * from (
        select ${columns}, ${ROW_BYTES} as size,
          sum(${ROW_BYTES}) over (order by ${order} rows unbounded preceding) as total
        from ${this.#table} where ${where} order by ${order} limit ${size}
      ) as rows where total - size < ${sql.lit(ANSWER_BYTES)} order by ${order}`;
    const rows = await runSql(this.#connection, query, { signal });
    const partsOf = await this.#parts.of(rows, { signal });
    const isCut = rows.length > 0 && (rows.length === size || rows.at(-1)!.total >= ANSWER_BYTES);
    return { records: rows.map((row) => recordOf(row, partsOf(row))), isCut };
  }

  /** The last of the first so many rows, with its number among them. */
  async #lastOf(where: SqlTruth, count: number, signal: AbortSignal) {
    const order = inOrder(this.#options.order);
    const query: RawBuilder<Pick<RecordColumns, 'time' | 'ns' | 'sequence'> & { number: number }> = sql`
      select * from (
        select time, ns, sequence, row_number() over (order by ${order}) as number
        from ${this.#table} where ${where} order by ${order} limit ${count}
      ) as rows order by number desc limit 1`;
    const [last] = await runSql(this.#connection, query, { signal });
    return last;
  }

  get #table(): RawBuilder<unknown> {
    return sql.raw(`${this.#connection.schema}.record`);
  }
}

/** Attributes whose length the server would have to unpack to know are taken to be so many times what they take packed. */
const PACKED = 30;

/** A row's size, about, without reading what stands apart for its length. */
const ROW_BYTES = sql`(
  coalesce(octet_length(body), 0) + coalesce(octet_length(exact), 0) + coalesce(octet_length(severity_text), 0)
  + pg_column_size(attributes) * case when pg_column_compression(attributes) is null then 1 else ${sql.lit(PACKED)} end
)`;

/** Up to where time has been walked when a position was reached: records of its own time may follow. */
function edgeBehind({ timestamp, sequence }: Position, order: Order): bigint {
  return order === 'newest' && sequence > 0 ? timestamp + 1n : timestamp;
}
