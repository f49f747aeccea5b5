import type { AnyValue, KeyValueList } from './any-value.ts';
import type { LogRecord, Resource, Scope } from './log-record.ts';

/** What a value takes beside its text or bytes, about. */
const VALUE_BYTES = 8;
/** What a record takes beside its values, about. */
const RECORD_BYTES = 100;

const partSizes = new WeakMap<Resource | Scope, number>();

/** About how many bytes a record takes in an answer, where its resource and scope are repeated with it. */
export function recordSize(record: LogRecord): number {
  const { body, attributes, resource, scope } = record;
  return RECORD_BYTES + valueSize(body) + keyValuesSize(attributes) + partSize(resource) + partSize(scope);
}

function partSize(part: Resource | Scope): number {
  let size = partSizes.get(part);
  if (size === undefined) {
    size = keyValuesSize(part.attributes) + part.schemaUrl.length;
    partSizes.set(part, size);
  }
  return size;
}

function valueSize(value: AnyValue): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  if (value instanceof Uint8Array) return VALUE_BYTES + value.length;
  if (value instanceof Map) return VALUE_BYTES + keyValuesSize(value);
  return (value as readonly AnyValue[]).reduce((size: number, item) => size + valueSize(item), VALUE_BYTES);
}

function keyValuesSize(pairs: KeyValueList): number {
  let size = 0;
  for (const [key, value] of pairs) size += key.length + valueSize(value);
  return size;
}
