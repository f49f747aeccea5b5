import { type ByteReader, type ByteWriter, DamagedBytesError } from '../bytes.ts';
import { SectionReader, type SectionWriter } from './section.ts';

/** What the values of a key are, one bit each; a key has several where its values are mixed. */
export const KIND = {
  /** A well-formed text. */
  text: 1,
  /** A whole number below 2^51. */
  integer: 2,
  /** Any other 64-bit whole number. */
  longInteger: 4,
  double: 8,
  no: 16,
  yes: 32,
  nothing: 64,
  /** Arrays, key-value lists, bytes, texts that are not well-formed. */
  other: 128,
} as const;

/** Kinds that lie between a key's `min` and `max`. */
const NUMBERS = KIND.integer | KIND.longInteger | KIND.double;

/** What records of one call site share: rows name it by its place in the header. */
export interface Site {
  /** Ids of the day file's tables. */
  readonly logger: number;
  readonly severity: number;
  readonly scope: number;
  /** Place in the header's shapes. */
  readonly shape: number;
  /** Which of a record's rarer parts it has: a sum of chunk/'s HAS bits. */
  readonly has: number;
  /** W3C trace flags. */
  readonly flags: number;
  /** How many of the block's records are from here. */
  readonly records: number;
  /** The day's ids of its records' resources, in the order of their first appearance; rows name one by its rank. */
  readonly resources: readonly number[];
}

/** An attribute key of a block. */
export interface BlockKey {
  readonly key: string;
  /** A sum of KIND bits: all kinds its values are of. */
  readonly kinds: number;
  /** Lowest and highest of its integers and doubles (not of texts that read as numbers), rounded outwards; min > max when it has none but NaN. */
  readonly min: number;
  readonly max: number;
}

/** Everything needed to rule a block out without unpacking more of it. */
export interface BlockHeader {
  readonly records: number;
  /** Nanoseconds since the day's start. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly minSequence: number;
  readonly maxSequence: number;
  readonly sites: readonly Site[];
  /** The day's ids of all resources that occur, each once. */
  readonly resources: readonly number[];
  readonly keys: readonly BlockKey[];
  /** By key, its place in `keys`. */
  readonly keyPlaces: ReadonlyMap<string, number>;
  /** Lists of attribute keys in the records' order, as places in `keys`. */
  readonly shapes: readonly (readonly number[])[];
}

/** A block of more records is damaged. */
const MOST_RECORDS = 2 ** 20;

/** What of a header is written; the rest follows from it. */
export type WrittenHeader = Omit<BlockHeader, 'resources' | 'keyPlaces'>;

export function writeBlockHeader(section: SectionWriter, header: WrittenHeader): Uint8Array {
  const writer = section.meta;
  const { records, minTime, maxTime, minSequence, maxSequence, sites, keys, shapes } = header;
  for (const number of [records, minTime, maxTime, minSequence, maxSequence]) writer.varint(number);
  writer.varint(keys.length);
  for (const { key, kinds, min, max } of keys) {
    writer.text(key);
    writer.byte(kinds);
    if ((kinds & NUMBERS) === 0) continue;
    writer.double(min);
    writer.double(max);
  }
  writer.varint(shapes.length);
  for (const shape of shapes) writeList(writer, shape);
  writer.varint(sites.length);
  for (const { logger, severity, scope, shape, has, flags, records, resources } of sites) {
    for (const number of [logger, severity, scope, shape, has, flags, records]) writer.varint(number);
    writeList(writer, resources);
  }
  section.endColumn();
  return section.finish();
}

/** Throws a DamagedBytesError for bytes that are no header. */
export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  const reader = new SectionReader(bytes).column(0).meta;
  const records = reader.varint();
  if (records > MOST_RECORDS) throw new DamagedBytesError(`a block of ${records} records`);
  const minTime = reader.varint();
  const maxTime = reader.varint();
  const minSequence = reader.varint();
  const maxSequence = reader.varint();
  const keys = readMany(reader, () => readKey(reader));
  const shapes = readMany(reader, () => readPlaces(reader, keys.length));
  const sites = readMany(reader, () => readSite(reader, shapes.length));
  if (sites.reduce((sum, site) => sum + site.records, 0) !== records) {
    throw new DamagedBytesError(`the sites of a block do not add up to ${records} records`);
  }
  const resources = new Set<number>();
  for (const site of sites) for (const id of site.resources) resources.add(id);
  return {
    ...{ records, minTime, maxTime, minSequence, maxSequence, sites, keys, shapes },
    resources: [...resources],
    keyPlaces: new Map(keys.map(({ key }, place) => [key, place])),
  };
}

function readKey(reader: ByteReader): BlockKey {
  const key = reader.text();
  const kinds = reader.byte();
  if ((kinds & NUMBERS) === 0) return { key, kinds, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  return { key, kinds, min: reader.double(), max: reader.double() };
}

function readSite(reader: ByteReader, shapes: number): Site {
  const site = {
    logger: reader.varint(),
    severity: reader.varint(),
    scope: reader.varint(),
    shape: reader.varint(),
    has: reader.varint(),
    flags: reader.varint(),
    records: reader.varint(),
    resources: readMany(reader, () => reader.varint()),
  };
  if (site.shape >= shapes) throw new DamagedBytesError(`a site names shape ${site.shape} of ${shapes}`);
  return site;
}

function writeList(writer: ByteWriter, numbers: readonly number[]): void {
  writer.varint(numbers.length);
  for (const number of numbers) writer.varint(number);
}

function readPlaces(reader: ByteReader, limit: number): number[] {
  return readMany(reader, () => {
    const place = reader.varint();
    if (place >= limit) throw new DamagedBytesError(`place ${place} of ${limit}`);
    return place;
  });
}

/** A count, and so many items; every item takes a byte at least, so a wrong count ends at the end of the bytes. */
function readMany<T>(reader: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.varint(); left > 0; left--) items.push(read());
  return items;
}
