import { MAX_NESTING } from '../../../record/any-value.ts';
import { MalformedError } from '../errors.ts';
import type { Meter } from '../meter.ts';
import { NAMES, type TextBuffer, type TextSource, VALUES } from '../short-texts.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/**
 * Reads protobuf's wire format (protobuf.dev, "Encoding") from a buffer. Every method moves `position` past what it
 * read. Bytes that run past their message are found at the message's end (`expectEnd`), so single reads stay cheap.
 */
export class WireReader implements TextSource {
  readonly bytes: TextBuffer;
  readonly meter: Meter;
  readonly length: number;
  position = 0;
  readonly view: DataView;

  constructor(bytes: Buffer, meter: Meter) {
    this.bytes = bytes as TextBuffer;
    this.meter = meter;
    this.length = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A field's number and wire type as one number, `number << 3 | type`. */
  tag(): number {
    const tag = this.uint32();
    if (tag >>> 3 === 0) throw new MalformedError(`field number 0 at byte ${this.position - 1}`);
    return tag;
  }

  /** The low 32 bits of a varint of up to ten bytes, unsigned. */
  uint32(): number {
    const { bytes } = this;
    let byte = bytes[this.position++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let shift = 7; shift < 35; shift += 7) {
      byte = bytes[this.position++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    this.#finishVarint();
    return value >>> 0;
  }

  /** A varint as a two's complement 64-bit integer. */
  int64(): bigint {
    const { bytes } = this;
    let byte = bytes[this.position++]!;
    if (byte < 128) return BigInt(byte);
    let low = byte & 127;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[this.position++]!;
      low |= (byte & 127) << shift;
      if (byte < 128) return BigInt(low);
    }
    let high = 0;
    for (let shift = 0; shift < 42; shift += 7) {
      byte = bytes[this.position++]!;
      // Bits 28 to 63: each seven of them, as long as they fit.
      high += (byte & 127) * 2 ** shift;
      if (byte < 128) return BigInt.asIntN(64, (BigInt(high) << 28n) | BigInt(low));
    }
    throw this.#varintTooLong();
  }

  bool(): boolean {
    return this.int64() !== 0n;
  }

  fixed32(): number {
    this.position += 4;
    this.#expectWithin();
    return this.view.getUint32(this.position - 4, true);
  }

  double(): number {
    this.position += 8;
    this.#expectWithin();
    return this.view.getFloat64(this.position - 8, true);
  }

  /** Nanoseconds since the epoch, or 0 for what no clock says: times of 2^63 and beyond, which have no date (year 2262). */
  time(): bigint {
    this.position += 8;
    this.#expectWithin();
    const time = this.view.getBigInt64(this.position - 8, true);
    return time < 0n ? 0n : time;
  }

  /** Reads a length and gives the end of what follows, which must lie within `limit`. */
  end(limit: number): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > limit) throw new MalformedError(`a field of ${length} bytes at byte ${this.position} is cut short`);
    return end;
  }

  expectEnd(end: number): void {
    if (this.position !== end) throw new MalformedError(`a message does not end where it says, at byte ${end}`);
  }

  /** The text up to `end`, cut to the limit. */
  text(end: number): string {
    const start = this.position;
    this.position = end;
    return start === end ? '' : this.meter.text(this.bytes, start, end);
  }

  /** Like `text`, for texts that come again and again. */
  name(end: number): string {
    const start = this.position;
    if (start === end) return '';
    const known = NAMES.at(this, start, end);
    if (known === null) return this.text(end);
    this.position = end;
    this.meter.addBytes(end - start);
    return known;
  }

  /** Like `text`, for values, of which the short ones come again too. */
  value(end: number): string {
    const start = this.position;
    const known = end - start <= this.meter.valueBytes ? VALUES.at(this, start, end) : null;
    if (known === null) return this.text(end);
    this.position = end;
    this.meter.addField(end - start);
    return known;
  }

  /** A copy of the bytes up to `end`, cut to the limit. */
  blob(end: number): Uint8Array {
    const start = this.position;
    this.position = end;
    let stop = end;
    if (end - start > this.meter.valueBytes) {
      stop = start + this.meter.valueBytes;
      this.meter.cut();
    }
    this.meter.addField(stop - start);
    return new Uint8Array(this.bytes.subarray(start, stop));
  }

  /** Lower-case hex of an id of so many bytes; '' for one of another length, or all zero (O46). */
  id(end: number, size: number): string {
    const start = this.position;
    this.position = end;
    if (end - start !== size) return '';
    for (let at = start; at < end; at++) if (this.bytes[at] !== 0) return this.bytes.hexSlice(start, end);
    return '';
  }

  /** Passes over a field nobody here knows (O51). */
  skip(tag: number, limit: number): void {
    this.#skip(tag, limit, 0);
    this.meter.addField();
  }

  #skip(tag: number, limit: number, depth: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#finishVarint();
        break;
      case FIXED64:
        this.position += 8;
        break;
      case LENGTH_DELIMITED:
        this.position = this.end(limit);
        break;
      case START_GROUP:
        this.#skipGroup(tag, limit, depth + 1);
        break;
      case FIXED32:
        this.position += 4;
        break;
      default:
        throw new MalformedError(`wire type ${tag & 7} at byte ${this.position}`);
    }
    if (this.position > limit) throw new MalformedError(`a field at byte ${limit} is cut short`);
  }

  #skipGroup(start: number, limit: number, depth: number): void {
    if (depth > MAX_NESTING) throw new MalformedError(`groups nested more than ${MAX_NESTING} deep`);
    for (;;) {
      if (this.position >= limit) throw new MalformedError('a group without an end');
      const tag = this.tag();
      if ((tag & 7) === END_GROUP) {
        if (tag >>> 3 !== start >>> 3) throw new MalformedError(`a group ends as another at byte ${this.position}`);
        return;
      }
      this.#skip(tag, limit, depth);
      this.meter.addField();
    }
  }

  /** Passes over the rest of a varint: ten bytes at most, all told. */
  #finishVarint(): void {
    for (let count = 0; count < 10; count++) if (this.bytes[this.position++]! < 128) return;
    throw this.#varintTooLong();
  }

  #varintTooLong(): MalformedError {
    return new MalformedError(`a varint before byte ${Math.min(this.position, this.length)} does not end`);
  }

  #expectWithin(): void {
    if (this.position > this.length) throw new MalformedError('the message is cut short');
  }
}
