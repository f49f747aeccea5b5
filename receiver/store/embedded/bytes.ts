/** Stored bytes that cannot be what was written: a damaged file, never a reason to crash. */
export class DamagedBytesError extends Error {
  override name = 'DamagedBytesError';
}

const FIRST_CAPACITY = 64 * 1024;
/** Shorter texts are copied character by character, which beats a call into the runtime. */
const SHORT_TEXT = 24;
/** Numbers beyond it lose their lowest bits as doubles. */
const VARINT_LIMIT = Number.MAX_SAFE_INTEGER;

/** Bytes in the making: grows as needed, little-endian, whole numbers as LEB128 varints. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written, in a buffer of its own; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    bytes.set(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    // One huge append must not keep its memory for ever.
    if (this.#buffer.length > 64 * FIRST_CAPACITY) this.#buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
    return bytes;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** A whole number, 0 … 2^53 − 1. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  /** Writes over four bytes written before. */
  uint32At(position: number, value: number): void {
    this.#buffer.writeUInt32LE(value, position);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigInt64LE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
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

  /** Hexadecimal digits as bytes, two digits each. */
  hex(digits: string): void {
    this.#reserve(digits.length >> 1);
    this.#length += this.#buffer.write(digits, this.#length, 'hex');
  }

  /** A text, exactly: UTF-8, or UTF-16 for one with lone surrogates, told apart by the lowest bit of the length. */
  text(value: string): void {
    if (value.length < SHORT_TEXT && this.#shortText(value)) return;
    const encoding = value.isWellFormed() ? 'utf8' : 'utf16le';
    const length = Buffer.byteLength(value, encoding);
    this.varint(length * 2 + (encoding === 'utf8' ? 0 : 1));
    this.#reserve(length);
    this.#length += this.#buffer.write(value, this.#length, encoding);
  }

  /** Writes a text of ASCII characters alone; anything else is left to `text`. */
  #shortText(value: string): boolean {
    this.#reserve(SHORT_TEXT);
    const buffer = this.#buffer;
    let position = this.#length;
    buffer[position++] = value.length * 2;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[position++] = code;
    }
    this.#length = position;
    return true;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** Reads what a ByteWriter wrote. Never reads past the end: whatever does not fit is a DamagedBytesError. */
export class ByteReader {
  readonly #buffer: Buffer;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#buffer.length;
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

  /** Reads a text and says whether it is the one that a ByteWriter wrote as these bytes. */
  isText(written: Uint8Array): boolean {
    const start = this.#position;
    this.skipText();
    if (this.#position - start !== written.length) return false;
    for (let index = 0; index < written.length; index++) {
      if (this.#buffer[start + index] !== written[index]) return false;
    }
    return true;
  }

  skip(length: number): void {
    this.#advance(length);
  }

  skipText(): void {
    this.#advance(Math.floor(this.varint() / 2));
  }

  #advance(length: number): number {
    const start = this.#position;
    if (start + length > this.#buffer.length) throw new DamagedBytesError('a row ends too early');
    this.#position = start + length;
    return start;
  }
}
