import { type ByteReader, type ByteWriter, DamagedBytesError } from '../bytes.ts';
import { readZigzag, writeZigzag } from '../value-codec.ts';

/** What a chunk's rows name by place. Nothing stands in a table twice. */
export interface ChunkTables {
  readonly loggers: readonly { readonly service: string; readonly logger: string }[];
  readonly severities: readonly { readonly number: number; readonly text: string }[];
  /** As `writeResource` writes them. */
  readonly resources: readonly Uint8Array[];
  /** As `writeScope` writes them. */
  readonly scopes: readonly Uint8Array[];
  /** Attribute keys. */
  readonly keys: readonly string[];
  /** Lists of attribute keys in the records' order, as places in `keys`; no key twice in a list. */
  readonly shapes: readonly (readonly number[])[];
}

export function writeTables(writer: ByteWriter, tables: ChunkTables): void {
  writer.varint(tables.loggers.length);
  for (const { service, logger } of tables.loggers) {
    writer.text(service);
    writer.text(logger);
  }
  writer.varint(tables.severities.length);
  for (const { number, text } of tables.severities) {
    writeZigzag(writer, number);
    writer.text(text);
  }
  writer.varint(tables.resources.length);
  for (const resource of tables.resources) writer.bytes(resource);
  writer.varint(tables.scopes.length);
  for (const scope of tables.scopes) writer.bytes(scope);
  writer.varint(tables.keys.length);
  for (const key of tables.keys) writer.text(key);
  writer.varint(tables.shapes.length);
  for (const shape of tables.shapes) {
    writer.varint(shape.length);
    for (const key of shape) writer.varint(key);
  }
}

/** Throws a DamagedBytesError for bytes that are no tables. */
export function readTables(reader: ByteReader): ChunkTables {
  const loggers = readList(reader, () => ({ service: reader.text(), logger: reader.text() }));
  const severities = readList(reader, () => ({ number: readZigzag(reader), text: reader.text() }));
  const resources = readList(reader, () => reader.bytes());
  const scopes = readList(reader, () => reader.bytes());
  const keys = readList(reader, () => reader.text());
  if (new Set(keys).size !== keys.length) throw new DamagedBytesError('a chunk has an attribute key twice');
  const shapes = readList(reader, () => readShape(reader, keys.length));
  if (!reader.atEnd) throw new DamagedBytesError('a chunk goes on behind its tables');
  return { loggers, severities, resources, scopes, keys, shapes };
}

function readShape(reader: ByteReader, keys: number): number[] {
  const shape = readList(reader, () => reader.varint());
  if (shape.some((key) => key >= keys)) throw new DamagedBytesError('a shape names an attribute key that is not there');
  if (new Set(shape).size !== shape.length) throw new DamagedBytesError('a shape has an attribute key twice');
  return shape;
}

/** Ends with the bytes at the latest, for each item takes some. */
function readList<T>(reader: ByteReader, readItem: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.varint(); left > 0; left--) items.push(readItem());
  return items;
}
