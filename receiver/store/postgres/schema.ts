import type { ColumnType, Generated } from 'kysely';

/** Read as microseconds since the Unix epoch (`parseTimestamptz`), written as text (`timeParameter`). */
type Time = ColumnType<bigint, string, string>;
/** Read as the text that the server writes. */
type JsonText = ColumnType<string, string, string>;

/** The tables as migrations make them; a test holds both together. */
export interface Schema {
  migration: MigrationTable;
  logger: LoggerTable;
  resource: ResourceTable;
  scope: ScopeTable;
  record: RecordTable;
  hour_count: CountTable;
  quarter_count: CountTable;
  request: RequestTable;
  alert_state: AlertStateTable;
  alert: AlertTable;
}

interface MigrationTable {
  number: number;
  name: string;
  at: Generated<bigint>;
}

/** What names of rows in tables have in common that records refer to. */
interface SharedTable {
  id: Generated<number>;
  /** SHA-256 of all that the row says: texts may be too long for an index. */
  digest: Buffer;
  /** The last day that a record of it is of, or was stored on: later, nobody needs the row. `YYYY-MM-DD`. */
  used_until: string;
}

export interface LoggerTable extends SharedTable {
  service: string;
  logger: string;
  /** JSON of `[service, logger]` where the columns cannot hold them exactly (`isPlainText`). */
  exact: string | null;
  /** The newest record; null when it holds none. */
  last_seen: ColumnType<bigint | null, string | null, string | null>;
  last_seen_ns: number | null;
}

export interface ResourceTable extends SharedTable {
  attributes: JsonText;
  schema_url: string;
  dropped: number;
  /** As `RecordTable.exact`. */
  exact: string | null;
}

export interface ScopeTable extends ResourceTable {
  name: string;
  version: string;
}

/** Absent texts and numbers are null. Texts are `plainText`: without what PostgreSQL cannot hold. */
export interface RecordTable {
  time: Time;
  /** The timestamp's nanoseconds beyond `time`'s microseconds. */
  ns: number;
  sequence: number;
  /** Null when the same as the timestamp. */
  observed_time: ColumnType<bigint | null, string | null, string | null>;
  observed_ns: number | null;
  logger_id: number;
  resource_id: number;
  scope_id: number;
  severity_number: number;
  flags: number | null;
  dropped: number | null;
  severity_text: string | null;
  /** `valueText` of the body; null for no value. */
  body: string | null;
  /** What text search looks at, folded: the body, then U+0001 and the stack trace; null when that is `lower(body)`. */
  folded: string | null;
  /** As people read them (`readableJson`). */
  attributes: JsonText;
  trace_id: string | null;
  span_id: string | null;
  /** This one and the seven below are `shortText`. */
  event_name: string | null;
  group_id: string | null;
  actor: string | null;
  action: string | null;
  tool: string | null;
  object_type: string | null;
  object_id: string | null;
  /** Of service and `log.record.uid`. */
  uid_digest: Buffer | null;
  /** What the other columns do not say exactly (`exact.ts`); null when they say all. */
  exact: string | null;
}

/** Records by level in the hour or quarter of an hour from `start` on. */
export interface CountTable {
  start: Time;
  logger_id: number;
  trace: number;
  debug: number;
  info: number;
  warn: number;
  error: number;
  fatal: number;
  unspecified: number;
}

interface RequestTable {
  key: string;
  at: Time;
}

interface AlertStateTable {
  /** SHA-256 of the key. */
  digest: Buffer;
  saved_at: Time;
  /** For people. */
  key: string;
  version: number;
  /** The state as a JSON text: it may hold what PostgreSQL's texts cannot. */
  state: string;
}

interface AlertTable {
  id: string;
  fired_at: Time;
  service: string;
  logger: string;
  level: string;
  threshold: number;
  count: number;
  message: string;
  /** The whole alert as JSON; 64-bit integers are texts. */
  exact: string;
}
