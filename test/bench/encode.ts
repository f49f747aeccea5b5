import type { AnyValue, KeyValueList } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';

/**
 * Writes records as the bytes of an ExportLogsServiceRequest, the way an SDK would: one ResourceLogs per resource, one
 * ScopeLogs per scope. For the load generator; fast enough not to be what is measured.
 */
export function encodeRequest(records: readonly LogRecord[]): Buffer {
  const out = new Writer();
  for (const ofResource of groupBy(records, (record) => record.resource)) {
    const { resource } = ofResource[0]!;
    out.message(1, () => {
      out.message(1, () => out.keyValues(1, resource.attributes));
      for (const ofScope of groupBy(ofResource, (record) => record.scope)) {
        out.message(2, () => {
          out.message(1, () => out.string(1, ofScope[0]!.scope.name));
          for (const record of ofScope) out.message(2, () => out.record(record));
        });
      }
    });
  }
  return out.finish();
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Protobuf's wire format into a growing buffer. */
class Writer {
  #buffer = Buffer.allocUnsafe(1 << 20);
  #end = 0;

  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#end));
  }

  record(record: LogRecord): void {
    this.fixed64(1, record.timestamp);
    this.fixed64(11, record.observedTimestamp);
    this.varint(2, BigInt(record.severityNumber));
    this.string(3, record.severityText);
    this.message(5, () => this.anyValue(record.body));
    this.keyValues(6, record.attributes);
    if (record.flags) this.fixed32(8, record.flags);
    if (record.traceId) this.bytes(9, Buffer.from(record.traceId, 'hex'));
    if (record.spanId) this.bytes(10, Buffer.from(record.spanId, 'hex'));
    if (record.eventName) this.string(12, record.eventName);
  }

  keyValues(field: number, list: KeyValueList): void {
    for (const [key, value] of list)
      this.message(field, () => {
        this.string(1, key);
        this.message(2, () => this.anyValue(value));
      });
  }

  anyValue(value: AnyValue): void {
    if (value === null) return;
    if (typeof value === 'string') this.string(1, value);
    else if (typeof value === 'boolean') this.varint(2, value ? 1n : 0n);
    else if (typeof value === 'bigint') this.varint(3, BigInt.asUintN(64, value));
    else if (typeof value === 'number') this.double(4, value);
    else if (value instanceof Uint8Array) this.bytes(7, value);
    else if (value instanceof Map) this.message(6, () => this.keyValues(1, value));
    else
      this.message(5, () => {
        for (const item of value as readonly AnyValue[]) this.message(1, () => this.anyValue(item));
      });
  }

  /** The length stands before what is not yet written: one byte is left for it, and the content moves if that is too few. */
  message(field: number, write: () => void): void {
    this.#tag(field, BYTES);
    const start = ++this.#end;
    write();
    const length = this.#end - start;
    const extra = length < 1 << 7 ? 0 : length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : 3;
    if (extra > 0) {
      this.#room(extra);
      this.#buffer.copyWithin(start + extra, start, this.#end);
    }
    this.#end = start - 1;
    this.#raw(BigInt(length));
    this.#end += length;
  }

  string(field: number, text: string): void {
    this.bytes(field, Buffer.from(text));
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.#tag(field, BYTES);
    this.#raw(BigInt(bytes.length));
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  varint(field: number, value: bigint): void {
    this.#tag(field, VARINT);
    this.#raw(value);
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, FIXED64);
    this.#end = this.#buffer.writeBigUInt64LE(value, this.#end);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#end = this.#buffer.writeUInt32LE(value, this.#end);
  }

  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.#end = this.#buffer.writeDoubleLE(value, this.#end);
  }

  #tag(field: number, wireType: number): void {
    this.#room(16);
    this.#buffer[this.#end++] = (field << 3) | wireType;
  }

  #raw(value: bigint): void {
    let rest = value;
    while (rest > 127n) {
      this.#buffer[this.#end++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#buffer[this.#end++] = Number(rest);
  }

  #room(bytes: number): void {
    if (this.#end + bytes + 16 <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe((this.#buffer.length + bytes) * 2);
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}
