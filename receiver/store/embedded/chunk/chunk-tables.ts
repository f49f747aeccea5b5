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

/** How many items each table has. */
export type TableSizes = { readonly [Table in keyof ChunkTables]: number };

/** The sizes of all tables, then their items. */
export function writeTables(writer: ByteWriter, tables: ChunkTables): void {
  const { loggers, severities, resources, scopes, keys, shapes } = tables;
  for (const table of [loggers, severities, resources, scopes, keys, shapes]) writer.varint(table.length);
  for (const { service, logger } of loggers) {
    writer.text(service);
    writer.text(logger);
  }
  for (const { number, text } of severities) {
    writeZigzag(writer, number);
    writer.text(text);
  }
  for (const resource of resources) writer.bytes(resource);
  for (const scope of scopes) writer.bytes(scope);
  for (const key of keys) writer.text(key);
  for (const shape of shapes) {
    writer.varint(shape.length);
    for (const key of shape) writer.varint(key);
  }
}

export function readTableSizes(reader: ByteReader): TableSizes {
  return {
    loggers: reader.varint(),
    severities: reader.varint(),
    resources: reader.varint(),
    scopes: reader.varint(),
    keys: reader.varint(),
    shapes: reader.varint(),
  };
}

/** The tables, sizes first. Throws a DamagedBytesError for bytes that are none. */
export function readTables(reader: ByteReader): ChunkTables {
  const sizes = readTableSizes(reader);
  const loggers = readItems(sizes.loggers, () => ({ service: reader.text(), logger: reader.text() }));
  const severities = readItems(sizes.severities, () => ({ number: readZigzag(reader), text: reader.text() }));
  const resources = readItems(sizes.resources, () => reader.bytes());
  const scopes = readItems(sizes.scopes, () => reader.bytes());
  const keys = readItems(sizes.keys, () => reader.text());
  if (new Set(keys).size !== keys.length) throw new DamagedBytesError('a chunk has an attribute key twice');
  const shapes = readItems(sizes.shapes, () => readShape(reader, keys.length));
  if (!reader.atEnd) throw new DamagedBytesError('a chunk goes on behind its tables');
  return { loggers, severities, resources, scopes, keys, shapes };
}

function readShape(reader: ByteReader, keys: number): number[] {
  const shape = readItems(reader.varint(), () => reader.varint());
  if (shape.some((key) => key >= keys)) throw new DamagedBytesError('a shape names an attribute key that is not there');
  if (new Set(shape).size !== shape.length) throw new DamagedBytesError('a shape has an attribute key twice');
  return shape;
}

/** However many it is told to read, it ends with the bytes, for each item takes some. */
function readItems<T>(size: number, readItem: () => T): T[] {
  const items: T[] = [];
  while (items.length < size) items.push(readItem());
  return items;
}
