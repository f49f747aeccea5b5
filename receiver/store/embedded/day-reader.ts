import type { DatabaseSync } from 'node:sqlite';
import type { Resource, Scope } from '../../record/log-record.ts';
import { WARNING_FROM } from '../../record/severity.ts';
import { DamagedBytesError } from './bytes.ts';
import { forEachCount } from './counts.ts';
import type { Day } from './day.ts';
import { LazyRecord, StoredPart } from './lazy-record.ts';
import type { Order } from './position.ts';
import { openDatabase } from './sqlite.ts';
import { readResource, readScope } from './value-codec.ts';

/** What a day's file says of a logger without looking at records. Times are within the day. */
export interface LoggerSummary {
  readonly id: number;
  readonly service: string;
  readonly logger: string;
  readonly lastSeen: number;
  /** `forEachCount` reads them. */
  readonly counts: Uint8Array;
  readonly newestIssue: RecordPlace | null;
  readonly newestError: RecordPlace | null;
}

export interface RecordPlace {
  readonly time: number;
  readonly sequence: number;
}

export interface DaySummary {
  readonly loggers: ReadonlyMap<number, LoggerSummary>;
  /** Each pair of severity number and text that occurs, by id; null when there are too many to hold. */
  readonly severities: ReadonlyMap<number, Severity> | null;
}

export interface Severity {
  readonly severityNumber: number;
  readonly severityText: string;
}

/** Rows of one kind in the order of (time, sequence): an index and how it is narrowed. */
export interface RowSource {
  readonly index: string;
  /** SQL conditions beyond the position, of numbers and column names alone. */
  readonly conditions: readonly string[];
}

export interface FetchedRows {
  readonly rows: LazyRecord[];
  readonly atEnd: boolean;
}

/** A row's numbers as the file has them: sequence, time, logger, severity number, severity kind, resource, scope, data. */
type RowColumns = [number, number, number, number, number, number, number, Uint8Array];
const COLUMNS = 'sequence, time, logger, severity, severity_kind, resource, scope, data';
/** Rows up to this size are fetched all at once, as they nearly all are; larger ones each by itself. */
const SMALL_ROW_BYTES = 8 * 1024;
/** The same, without large data. */
type SmallRowColumns = [number, number, number, number, number, number, number, Uint8Array | null];
const SMALL_COLUMNS = COLUMNS.replace(/data$/, `CASE WHEN length(data) <= ${SMALL_ROW_BYTES} THEN data END`);

/** Severity pairs are few but for clients that write numbers into the text. */
const SEVERITIES_HELD = 1000;
/** Parts held decoded, and their bytes as stored; beyond either, all are forgotten. */
const PARTS_HELD = 2000;
const PART_BYTES_HELD = 4 * 1024 * 1024;
/** Rows are fetched until they have so many bytes: a thousand of the largest would fill the memory. */
export const FETCHED_BYTES = 8 * 1024 * 1024;

/** The writer has begun to make the file, and nothing is in it yet. */
export class NoTablesError extends Error {
  override name = 'NoTablesError';
}

/** Reads one day's file. What it returns stays valid after `close`. */
export class DayReader {
  readonly #day: Day;
  readonly #database: DatabaseSync;
  readonly #loggers = new Map<number, { service: string; logger: string }>();
  readonly #severityTexts = new Map<number, string>();
  readonly #resources = new Map<number, StoredPart<Resource>>();
  readonly #scopes = new Map<number, StoredPart<Scope>>();
  #partBytes = 0;

  /** Throws when there is no such file, and a NoTablesError when it is only being made; never makes one. */
  constructor(day: Day, path: string) {
    this.#day = day;
    this.#database = openDatabase(path, { create: false });
    try {
      this.#database.exec('PRAGMA query_only = 1; PRAGMA cache_size = -1000');
      const [version] = this.#database.prepare('PRAGMA user_version').get() as unknown as [number];
      if (version === 0) throw new NoTablesError();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  summary(): DaySummary {
    const rows = this.#database
      .prepare(
        `SELECT id, service, logger, last_seen, counts, issue_time, issue_sequence, error_time, error_sequence
         FROM logger WHERE last_seen >= 0`,
      )
      .all() as unknown as LoggerColumns[];
    // Read through once here, where damage is noticed.
    for (const [, , , , counts] of rows) forEachCount(counts, () => {});
    const loggers = rows.map(
      ([id, service, logger, lastSeen, counts, issueTime, issueSequence, errorTime, errorSequence]): LoggerSummary => ({
        id,
        service,
        logger,
        lastSeen,
        counts,
        newestIssue: place(issueTime, issueSequence),
        newestError: place(errorTime, errorSequence),
      }),
    );
    const severities = this.#database
      .prepare('SELECT id, number, text FROM severity LIMIT ?')
      .all(SEVERITIES_HELD + 1) as unknown as [number, number, string][];
    return {
      loggers: new Map(loggers.map((logger) => [logger.id, logger])),
      severities:
        severities.length > SEVERITIES_HELD
          ? null
          : new Map(severities.map(([id, number, text]) => [id, { severityNumber: number, severityText: text }])),
    };
  }

  /**
   * The next rows of a source behind `after` in this order, at most `limit`, fewer when they are large; `atEnd` tells
   * whether these are the last. `end` is the time the order leads to: inclusive when it is the lower one, exclusive when
   * it is the higher.
   */
  rows(source: RowSource, order: Order, after: RecordPlace, end: number, limit: number): FetchedRows {
    const isNewestFirst = order === 'newest';
    const direction = isNewestFirst ? 'DESC' : 'ASC';
    const conditions = [
      ...source.conditions,
      `(time, sequence) ${isNewestFirst ? '<' : '>'} (?, ?)`,
      `time ${isNewestFirst ? '>=' : '<'} ?`,
    ];
    const found = this.#database
      .prepare(
        `SELECT ${SMALL_COLUMNS} FROM record INDEXED BY ${source.index} WHERE ${conditions.join(' AND ')}
         ORDER BY time ${direction}, sequence ${direction} LIMIT ?`,
      )
      .all(after.time, after.sequence, end, limit) as unknown as SmallRowColumns[];
    const rows: LazyRecord[] = [];
    let bytes = 0;
    for (const [sequence, time, logger, severity, kind, resource, scope, small] of found) {
      const data = small ?? this.#data(sequence);
      // Removed since.
      if (!data) continue;
      rows.push(this.#record([sequence, time, logger, severity, kind, resource, scope, data]));
      bytes += data.length;
      if (bytes >= FETCHED_BYTES) return { rows, atEnd: false };
    }
    return { rows, atEnd: found.length < limit };
  }

  #data(sequence: number): Uint8Array | undefined {
    const row = this.#database.prepare('SELECT data FROM record WHERE sequence = ?').get(sequence);
    return (row as unknown as [Uint8Array] | undefined)?.[0];
  }

  /** The record with this sequence if it has this time, else null. */
  record({ time, sequence }: RecordPlace): LazyRecord | null {
    const row = this.#database
      .prepare(`SELECT ${COLUMNS} FROM record WHERE sequence = ? AND time = ?`)
      .get(sequence, time) as unknown as RowColumns | undefined;
    return row ? this.#record(row) : null;
  }

  /** The newest record of a logger before a time, from this severity number up, or null. */
  newestIssueBefore(logger: number, severity: number, time: number): RecordPlace | null {
    const row = this.#database
      .prepare(
        `SELECT time, sequence FROM record INDEXED BY issue_by_logger
         WHERE logger = ? AND time < ? AND severity >= ${WARNING_FROM} AND severity >= ? ORDER BY time DESC, sequence DESC LIMIT 1`,
      )
      .get(logger, time, severity) as unknown as [number, number] | undefined;
    return row ? { time: row[0], sequence: row[1] } : null;
  }

  /** Records in `[from, to)` by logger and severity number; with `issuesOnly` only warnings and errors. Reads an index alone. */
  count(from: number, to: number, issuesOnly: boolean): { logger: number; severity: number; count: number }[] {
    const rows = this.#database
      .prepare(
        `SELECT logger, severity, count(*) FROM record INDEXED BY ${issuesOnly ? 'issue_by_time' : 'record_by_time'}
         WHERE time >= ? AND time < ? ${issuesOnly ? `AND severity >= ${WARNING_FROM}` : ''} GROUP BY logger, severity`,
      )
      .all(from, to) as unknown as [number, number, number][];
    return rows.map(([logger, severity, count]) => ({ logger, severity, count }));
  }

  close(): void {
    this.#database.close();
  }

  #record([sequence, time, logger, severity, kind, resource, scope, data]: RowColumns): LazyRecord {
    const parts = {
      ...this.#loggerNames(logger),
      severityNumber: severity,
      severityText: this.#severityText(kind),
      resource: this.#part(this.#resources, 'resource', resource, readResource),
      scope: this.#part(this.#scopes, 'scope', scope, readScope),
    };
    return new LazyRecord(this.#day, time, sequence, parts, data);
  }

  #loggerNames(id: number): { service: string; logger: string } {
    return held(this.#loggers, id, () => {
      const [service, logger] = this.#columns('SELECT service, logger FROM logger WHERE id = ?', id) as [
        string,
        string,
      ];
      return { service, logger };
    });
  }

  #severityText(id: number): string {
    return held(
      this.#severityTexts,
      id,
      () => (this.#columns('SELECT text FROM severity WHERE id = ?', id) as [string])[0],
    );
  }

  #part<T>(parts: Map<number, StoredPart<T>>, table: string, id: number, decode: (bytes: Uint8Array) => T) {
    return held(parts, id, () => {
      const [bytes] = this.#columns(`SELECT data FROM ${table} WHERE id = ?`, id) as [Uint8Array];
      this.#partBytes += bytes.length;
      if (this.#partBytes > PART_BYTES_HELD) {
        this.#resources.clear();
        this.#scopes.clear();
        this.#partBytes = bytes.length;
      }
      return new StoredPart(bytes, decode);
    });
  }

  #columns(sql: string, id: number): unknown {
    const row = this.#database.prepare(sql).get(id);
    if (!row) throw new DamagedBytesError(`a row names a part that is not there (${sql}: ${id})`);
    return row;
  }
}

function held<T>(parts: Map<number, T>, id: number, read: () => T): T {
  const known = parts.get(id);
  if (known !== undefined) return known;
  const part = read();
  if (parts.size >= PARTS_HELD) parts.clear();
  parts.set(id, part);
  return part;
}

type LoggerColumns = [
  number,
  string,
  string,
  number,
  Uint8Array,
  number | null,
  number | null,
  number | null,
  number | null,
];

function place(time: number | null, sequence: number | null): RecordPlace | null {
  return time === null || sequence === null ? null : { time, sequence };
}
