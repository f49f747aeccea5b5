/** Stored bytes that cannot be what was written: a damaged file, never a reason to crash. */
export class DamagedBytesError extends Error {
  override name = 'DamagedBytesError';
}

const FIRST_CAPACITY = 64 * 1024;
/** Room kept beyond it is given back: one huge append must not keep its memory for ever. */
const CAPACITY_KEPT = 64 * FIRST_CAPACITY;
/** Texts up to so many UTF-16 units are copied unit by unit, which beats a call into the runtime. */
const SHORT_TEXT = 16;
/** Numbers beyond it lose their lowest bits as doubles. */
const VARINT_LIMIT = Number.MAX_SAFE_INTEGER;
const VARINT_BYTES = 8;
/** UTF-8 bytes that a UTF-16 unit can become. */
const UTF8_PER_UNIT = 3;

const NO_DIGIT = 0x80;
/** By ASCII code. */
const HEX_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value < 0 ? NO_DIGIT : value;
});

/** Bytes in the making: grows as needed, little-endian, whole numbers as LEB128 varints. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written, in a buffer of its own; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.written());
    this.clear();
    return bytes;
  }

  /** A view of what was written, good until more is written. */
  written(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > CAPACITY_KEPT) this.#setCapacity(FIRST_CAPACITY);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** A whole number, 0 … 2^53 − 1. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES);
    this.#length = writeVarint(this.#buffer, this.#length, value);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Writes over four bytes written before. */
  uint32At(position: number, value: number): void {
    this.#view.setUint32(position, value, true);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  /** Writes over eight bytes written before; says whether the value is within 0 … 2^63 − 1. */
  int63At(position: number, value: bigint): boolean {
    this.#view.setBigInt64(position, value, true);
    return this.#view.getBigInt64(position, true) === value && this.#view.getInt32(position + 4, true) >= 0;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Length and bytes. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** Bytes to be written over later; they hold anything until then. */
  gap(length: number): void {
    this.#reserve(length);
    this.#length += length;
  }

  /** Puts bytes before what was written from `position` on. */
  insert(position: number, value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.copyWithin(position + value.length, position, this.#length);
    this.#buffer.set(value, position);
    this.#length += value.length;
  }

  /** Lower-case hexadecimal digits as bytes, two digits each; says whether they were that. */
  hex(digits: string): boolean {
    const bytes = digits.length >> 1;
    this.#reserve(bytes);
    const buffer = this.#buffer;
    const start = this.#length;
    let wrong = digits.length & 1;
    for (let index = 0; index < bytes; index++) {
      const high = digits.charCodeAt(index * 2);
      const low = digits.charCodeAt(index * 2 + 1);
      const highValue = HEX_VALUES[high & 0x7f]!;
      const lowValue = HEX_VALUES[low & 0x7f]!;
      wrong |= ((high | low) & ~0x7f) | ((highValue | lowValue) & NO_DIGIT);
      buffer[start + index] = (highValue << 4) | lowValue;
    }
    this.#length += bytes;
    return wrong === 0;
  }

  /** A text, exactly: UTF-8, or UTF-16 for one with lone surrogates, told apart by the lowest bit of the length. */
  text(value: string): void {
    const units = value.length;
    this.#reserve(VARINT_BYTES + units * UTF8_PER_UNIT);
    if (units <= SHORT_TEXT && this.#shortText(value, units)) return;
    // As if it were ASCII, which most texts are: the bytes go behind a length of so many.
    const start = writeVarint(this.#buffer, this.#length, units * 2);
    const length = this.#buffer.write(value, start, 'utf8');
    if (length === units) this.#length = start + length;
    else this.#wideText(value, start, length);
  }

  /** Writes a text of ASCII characters alone; anything else is left to `text`. */
  #shortText(value: string, units: number): boolean {
    const buffer = this.#buffer;
    let position = this.#length;
    buffer[position++] = units * 2;
    for (let index = 0; index < units; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[position++] = code;
    }
    this.#length = position;
    return true;
  }

  /** Finishes a text whose UTF-8 stands at `start` and is longer than was thought. */
  #wideText(value: string, start: number, utf8Length: number): void {
    const buffer = this.#buffer;
    if (value.isWellFormed()) {
      const at = writeVarint(buffer, this.#length, utf8Length * 2);
      // A longer length took the place of the text's first bytes.
      if (at !== start) buffer.write(value, at, 'utf8');
      this.#length = at + utf8Length;
    } else {
      const at = writeVarint(buffer, this.#length, value.length * 4 + 1);
      this.#length = at + buffer.write(value, at, 'utf16le');
    }
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed > this.#buffer.length) this.#setCapacity(Math.max(needed, this.#buffer.length * 2));
  }

  #setCapacity(capacity: number): void {
    const buffer = Buffer.allocUnsafeSlow(capacity);
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer);
  }
}

/** Gives where the next bytes go. */
function writeVarint(buffer: Buffer, position: number, value: number): number {
  let at = position;
  let rest = value;
  // The lower bits of a number beyond 32 of them need arithmetic.
  while (rest >= 2 ** 31) {
    buffer[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

/** Reads what a ByteWriter wrote. Never reads past the end: whatever does not fit is a DamagedBytesError. */
export class ByteReader {
  readonly #buffer: Buffer;
  #position: number;
  #end: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
    this.#end = bytes.byteLength;
  }

  /** Goes on at `position`, up to `end`; both lie within the bytes. */
  seek(position: number, end: number): void {
    this.#position = position;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#end;
  }

  byte(): number {
    return this.#buffer[this.#advance(1)]!;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (value > VARINT_LIMIT) throw new DamagedBytesError('a number is too large');
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }

  uint32(): number {
    return this.#buffer.readUInt32LE(this.#advance(4));
  }

  int64(): bigint {
    return this.#buffer.readBigInt64LE(this.#advance(8));
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#advance(8));
  }

  /** Bytes of their own, not a view of the row. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.raw(this.varint()));
  }

  /** A view of the next bytes. */
  raw(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#buffer.subarray(start, start + length);
  }

  hex(bytes: number): string {
    const start = this.#advance(bytes);
    return this.#buffer.toString('hex', start, start + bytes);
  }

  text(): string {
    const header = this.varint();
    const length = Math.floor(header / 2);
    const start = this.#advance(length);
    return this.#buffer.toString(header % 2 === 0 ? 'utf8' : 'utf16le', start, start + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  skipText(): void {
    this.#advance(Math.floor(this.varint() / 2));
  }

  #advance(length: number): number {
    const start = this.#position;
    if (start + length > this.#end) throw new DamagedBytesError('a row ends too early');
    this.#position = start + length;
    return start;
  }
}
