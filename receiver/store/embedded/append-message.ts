import type { LogRecord } from '../../record/log-record.ts';
import type { Batch } from '../store.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { DAY_LENGTH, type Day, dayOf, startOf } from './day.ts';
import { attributeKeyOf, type Key, traceKeyOf, UNIQUE_KEY_LENGTH, uniqueKeyOf } from './keys.ts';
import { writeDetails } from './row-codec.ts';
import { writeResource, writeScope } from './value-codec.ts';

/** What several records of an append share is sent once; rows name it by its place in the list. */
export interface SharedParts {
  readonly loggers: { readonly service: string; readonly logger: string }[];
  readonly severities: { readonly number: number; readonly text: string }[];
  readonly resources: Uint8Array[];
  readonly scopes: Uint8Array[];
}

/** An append on its way to the writer's thread. */
export interface AppendMessage {
  readonly batches: readonly { readonly key: string | null; readonly size: number }[];
  readonly shared: SharedParts;
  /** The batches' rows one after another; `readRows` reads them. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
}

/** One record on its way into a table. */
export interface Row {
  readonly day: Day;
  /** Nanoseconds since the day's start. */
  readonly time: number;
  readonly logger: number;
  readonly severity: number;
  readonly resource: number;
  readonly scope: number;
  readonly trace: Key | null;
  readonly group: Key | null;
  readonly object: Key | null;
  readonly unique: Uint8Array | null;
  readonly data: Uint8Array;
}

/** Which of a row's rarer keys follow. */
const HAS = { trace: 1, group: 2, object: 4, unique: 8 } as const;

const rowWriter = new ByteWriter();
const partWriter = new ByteWriter();

/** Encodes an append. Throws StoreError for a record that cannot be stored at all. */
export function encodeAppend(batches: readonly Batch[], receivedAt: number): AppendMessage {
  // Whatever an encoding that failed left behind.
  rowWriter.take();
  const shared = new SharedPartsBuilder();
  let dayStart = 0n;
  let day = 0;
  for (const { records } of batches) {
    for (const record of records) {
      let time = Number(record.timestamp - dayStart);
      if (time < 0 || time >= DAY_LENGTH) {
        day = dayOf(record.timestamp);
        dayStart = startOf(day);
        time = Number(record.timestamp - dayStart);
      }
      writeRow(record, day, time, shared);
    }
  }
  return {
    batches: batches.map(({ key, records }) => ({ key, size: records.length })),
    shared: shared.parts,
    rows: rowWriter.take(),
    receivedAt,
  };
}

function writeRow(record: LogRecord, day: Day, time: number, shared: SharedPartsBuilder): void {
  const trace = record.traceId === '' ? null : traceKeyOf(record.traceId);
  const group = attributeKeyOf(record, 'logvitals.group.id');
  const object = attributeKeyOf(record, 'logvitals.object.id');
  const unique = uniqueKeyOf(record);
  rowWriter.varint(day);
  rowWriter.varint(time);
  rowWriter.varint(shared.loggerIndex(record));
  rowWriter.varint(shared.severityIndex(record));
  rowWriter.varint(shared.resourceIndex(record));
  rowWriter.varint(shared.scopeIndex(record));
  rowWriter.byte(
    (trace === null ? 0 : HAS.trace) |
      (group === null ? 0 : HAS.group) |
      (object === null ? 0 : HAS.object) |
      (unique === null ? 0 : HAS.unique),
  );
  if (trace !== null) rowWriter.varint(trace);
  if (group !== null) rowWriter.varint(group);
  if (object !== null) rowWriter.varint(object);
  if (unique !== null) rowWriter.raw(unique);
  const lengthAt = rowWriter.length;
  rowWriter.uint32(0);
  writeDetails(rowWriter, record);
  rowWriter.uint32At(lengthAt, rowWriter.length - lengthAt - 4);
}

/** Collects what records share: by identity first, for records of one request share their resource and scope. */
class SharedPartsBuilder {
  readonly parts: SharedParts = { loggers: [], severities: [], resources: [], scopes: [] };
  readonly #loggers = new Map<string, Map<string, number>>();
  readonly #severities = new Map<string, Map<number, number>>();
  readonly #resources = new Map<object, number>();
  readonly #scopes = new Map<object, number>();

  loggerIndex({ service, logger }: LogRecord): number {
    const ofService = this.#loggers.get(service) ?? new Map<string, number>();
    if (ofService.size === 0) this.#loggers.set(service, ofService);
    const known = ofService.get(logger);
    if (known !== undefined) return known;
    const index = this.parts.loggers.push({ service, logger }) - 1;
    ofService.set(logger, index);
    return index;
  }

  severityIndex({ severityNumber, severityText }: LogRecord): number {
    const ofText = this.#severities.get(severityText) ?? new Map<number, number>();
    if (ofText.size === 0) this.#severities.set(severityText, ofText);
    const known = ofText.get(severityNumber);
    if (known !== undefined) return known;
    const index = this.parts.severities.push({ number: severityNumber, text: severityText }) - 1;
    ofText.set(severityNumber, index);
    return index;
  }

  resourceIndex({ resource }: LogRecord): number {
    const known = this.#resources.get(resource);
    if (known !== undefined) return known;
    writeResource(partWriter, resource);
    const index = this.parts.resources.push(partWriter.take()) - 1;
    this.#resources.set(resource, index);
    return index;
  }

  scopeIndex({ scope }: LogRecord): number {
    const known = this.#scopes.get(scope);
    if (known !== undefined) return known;
    writeScope(partWriter, scope);
    const index = this.parts.scopes.push(partWriter.take()) - 1;
    this.#scopes.set(scope, index);
    return index;
  }
}

/** The rows of an append, in the batches' order. */
export function readRows(message: AppendMessage): Row[] {
  const reader = new ByteReader(message.rows);
  const rows: Row[] = [];
  while (!reader.atEnd) {
    const day = reader.varint();
    const time = reader.varint();
    const logger = reader.varint();
    const severity = reader.varint();
    const resource = reader.varint();
    const scope = reader.varint();
    const has = reader.byte();
    rows.push({
      day,
      time,
      logger,
      severity,
      resource,
      scope,
      trace: has & HAS.trace ? reader.varint() : null,
      group: has & HAS.group ? reader.varint() : null,
      object: has & HAS.object ? reader.varint() : null,
      unique: has & HAS.unique ? reader.raw(UNIQUE_KEY_LENGTH) : null,
      data: reader.raw(reader.uint32()),
    });
  }
  return rows;
}
