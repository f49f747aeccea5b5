/**
 * The bytes and columns of docs/storage-format.md, from "Numbers, texts, values" to "Text columns", read from that page
 * alone: see format-reader.ts.
 */
import { crc32, zstdDecompressSync } from 'node:zlib';

/** The building blocks of "Numbers, texts, values". */
export class Bytes {
  readonly buffer: Buffer;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  byte(): number {
    return this.buffer[this.at++]!;
  }
  raw(length: number): Buffer {
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }
  varint(): number {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  text(): string {
    const length = this.varint();
    return this.raw(Math.floor(length / 2)).toString(length % 2 === 0 ? 'utf8' : 'utf16le');
  }
  value(): unknown {
    switch (this.byte()) {
      case 0:
        return null;
      case 1:
        return this.text();
      case 2:
        return false;
      case 3:
        return true;
      case 4:
        return BigInt(this.zigzag());
      case 5:
        return this.raw(8).readBigInt64LE();
      case 6:
        return this.raw(8).readDoubleLE();
      case 7:
        return new Uint8Array(this.raw(this.varint()));
      case 8:
        return this.list(() => this.value());
      case 9:
        return this.pairs();
      default:
        throw new Error('no value');
    }
  }
  pairs(): Map<string, unknown> {
    return new Map(this.list(() => [this.text(), this.value()]));
  }
  /** A varint and so many items. */
  list<T>(item: () => T): T[] {
    return times(this.varint(), item);
  }
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A column of the frame of "Blocks": its meta, and its other streams one after another. */
export class Column {
  readonly meta: Bytes;
  readonly #streams: Buffer[];

  constructor(streams: Buffer[]) {
    this.meta = new Bytes(streams.at(-1)!);
    this.#streams = streams.slice(0, -1);
  }

  next(): Buffer {
    return this.#streams.shift()!;
  }
}

export function readColumns(bytes: Uint8Array): Column[] {
  const reader = new Bytes(bytes);
  if (reader.raw(4).readUInt32LE() !== crc32(bytes.subarray(4))) throw new Error('damaged');
  const columns = reader.list(() => reader.list(() => ({ length: reader.varint(), packing: reader.varint() })));
  const jointLength = columns
    .flat()
    .filter(({ packing }) => packing === 0)
    .reduce((sum, { length }) => sum + length, 0);
  const stored = reader.raw(reader.varint());
  const joint = new Bytes(stored.length === jointLength ? stored : zstdDecompressSync(stored));
  return columns.map(
    (streams) =>
      new Column(
        streams.map(({ length, packing }) => {
          if (packing === 0) return joint.raw(length);
          return packing === 1 ? reader.raw(length) : zstdDecompressSync(reader.raw(packing - 2));
        }),
      ),
  );
}

/** "Forms of columns". */
export function wholeNumbers(column: Column, count: number): number[] {
  const lowest = column.meta.zigzag();
  const unit = column.meta.varint();
  const planes = times(column.meta.byte(), () => column.next());
  return times(count, (index) => lowest + unit * fromPlanes(planes, index));
}

export function planes(column: Column, count: number, limit: number): number[] {
  let width = 0;
  for (let rest = limit - 1; rest >= 1; rest = Math.floor(rest / 256)) width++;
  const stream = new Bytes(width === 0 ? Buffer.alloc(0) : column.next());
  const streams = times(width, () => stream.raw(count));
  return times(count, (index) => fromPlanes(streams, index));
}

const fromPlanes = (streams: readonly Buffer[], index: number): number =>
  streams.reduce((sum, bytes, plane) => sum + bytes[index]! * 256 ** plane, 0);

export function fixedBytes(column: Column, count: number, width: number): Buffer[] {
  const stream = column.next();
  return times(count, (index) => Buffer.from(times(width, (plane) => stream[plane * count + index]!)));
}

export function codes(column: Column, count: number, entries: number): number[] {
  const form = column.meta.byte();
  if (form === 0) return times(count, (index) => index);
  if (form === 1) return times(count, () => 0);
  let known = 0;
  let before = 0;
  return planes(column, count, entries + 2).map((code) => {
    if (code === 0) before = known++;
    else if (form === 2) before = code - 1;
    else if (form === 3) before = known - code;
    else if (code > 1) before = code - 2;
    return before;
  });
}

/** "Section 2: bodies. Section 3: attributes". */
export function values(column: Column, count: number, isAttribute: boolean): unknown[] {
  const kinds = column.meta.byte();
  const kindOf = (kinds & (kinds - 1)) === 0 ? Buffer.alloc(count, kinds) : column.next();
  const ofKind = (kind: number) => kindOf.filter((each) => each === kind).length;
  const left = new Map<number, unknown[]>([
    [1, ofKind(1) === 0 ? [] : texts(column, ofKind(1), isAttribute)],
    [2, ofKind(2) === 0 ? [] : wholeNumbers(column, ofKind(2)).map(BigInt)],
    [4, ofKind(4) === 0 ? [] : fixedBytes(column, ofKind(4), 8).map((bytes) => bytes.readBigInt64LE())],
    [8, ofKind(8) === 0 ? [] : doubles(column, ofKind(8))],
    [16, times(ofKind(16), () => false)],
    [32, times(ofKind(32), () => true)],
    [64, times(ofKind(64), () => null)],
    [128, ofKind(128) === 0 ? [] : otherValues(column, ofKind(128))],
  ]);
  return Array.from(kindOf, (kind) => left.get(kind)!.shift());
}

function texts(column: Column, count: number, isAttribute: boolean): string[] {
  if (!isAttribute) return textColumn(column);
  const different = column.meta.varint();
  const places = codes(column, count, different);
  const isPlain = column.meta.byte() === 0;
  const list = isPlain ? times(different, () => column.meta.raw(column.meta.varint()).toString()) : textColumn(column);
  return places.map((place) => list[place]!);
}

function doubles(column: Column, count: number): number[] {
  const decimals = column.meta.byte();
  if (decimals === 255) return fixedBytes(column, count, 8).map((bytes) => bytes.readDoubleLE());
  return wholeNumbers(column, count).map((number) => number / 10 ** decimals);
}

function otherValues(column: Column, count: number): unknown[] {
  const lengths = wholeNumbers(column, count);
  const stream = new Bytes(column.next());
  return lengths.map((length) => new Bytes(stream.raw(length)).value());
}

interface Areas {
  readonly directory: Bytes;
  readonly skeletons: Bytes;
  readonly texts: Bytes;
  readonly templates: Bytes;
  readonly planes: Bytes;
  readonly noise: Bytes;
}

/** "Text columns". */
function textColumn(column: Column): string[] {
  const area = () => new Bytes(column.next());
  const areas: Areas = {
    directory: area(),
    skeletons: area(),
    texts: area(),
    templates: area(),
    planes: area(),
    noise: area(),
  };
  const count = areas.directory.varint();
  const templates = areas.directory.varint();
  const lower = areas.templates.raw(count);
  const higher = templates > 256 ? areas.templates.raw(count) : Buffer.alloc(count);
  const templateOf = times(count, (index) => lower[index]! + higher[index]! * 256);
  const textsOf = times(templates, (template) => {
    const size = templateOf.filter((each) => each === template).length;
    const slots = areas.directory.list(() => readSlot(areas, size));
    const skeleton: number[] = [];
    for (let byte = areas.skeletons.byte(); byte !== 0xfe; byte = areas.skeletons.byte()) skeleton.push(byte);
    return times(size, (rank) => {
      let slot = 0;
      const pieces = skeleton.map((byte) => (byte === 0xff ? slots[slot++]![rank]! : Buffer.from([byte])));
      return Buffer.concat(pieces).toString();
    });
  });
  return templateOf.map((template) => textsOf[template]!.shift()!);
}

function readSlot(areas: Areas, count: number): Buffer[] {
  const { directory } = areas;
  const kind = directory.byte();
  if (kind <= 1) {
    const digits = kind === 1 ? directory.byte() : 0;
    return numbers(areas, count).map((number) => Buffer.from(String(number).padStart(digits, '0')));
  }
  if (kind <= 3) {
    const digits = directory.varint();
    return times(count, () => {
      const hex = areas.noise
        .raw(Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits);
      return Buffer.from(kind === 3 ? hex.toUpperCase() : hex);
    });
  }
  directory.byte();
  if (kind === 4) return run(areas, count);
  const entries = run(areas, directory.varint());
  return numbers(areas, count).map((place) => entries[place]!);
}

function run(areas: Areas, count: number): Buffer[] {
  const bytes = areas.directory.varint();
  const lengths = numbers(areas, count);
  const joined = new Bytes(areas.texts.raw(bytes));
  return lengths.map((length) => joined.raw(length));
}

function numbers(areas: Areas, count: number): number[] {
  const form = areas.directory.byte();
  const width = form & 7;
  const least = areas.directory.varint();
  const step = form & 8 ? areas.directory.varint() : null;
  const streams = times(width, (plane) => (plane === 0 && width > 1 ? areas.noise : areas.planes).raw(count));
  let sum = least;
  return times(count, (index) => {
    const over = fromPlanes(streams, index);
    if (step === null) return least + over;
    if (index > 0) sum += step + over;
    return sum;
  });
}
