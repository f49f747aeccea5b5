import { MAX_NESTING } from '../../../record/any-value.ts';
import { DamagedBytesError } from '../bytes.ts';
import { TAG } from '../value-codec.ts';

/**
 * Walks over values in a chunk's bytes without building them (value-codec.ts has their form): what a ByteReader does,
 * for many rows, with a position that can be set.
 */
export class ValueCursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.bytes[this.#advance(1)]!;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
      if (factor > Number.MAX_SAFE_INTEGER) throw new DamagedBytesError('a number is too large');
    }
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Passes over `length` bytes and says where they began. */
  skip(length: number): number {
    return this.#advance(length);
  }

  /** Passes over the value that begins here. */
  skipValue(depth = 0): void {
    const tag = this.byte();
    if (tag === TAG.text) this.skip(Math.floor(this.varint() / 2));
    else if (tag === TAG.integer) this.varint();
    else if (tag === TAG.double || tag === TAG.longInteger) this.skip(8);
    else if (tag === TAG.bytes) this.skip(this.varint());
    else if (tag === TAG.array || tag === TAG.keyValues) {
      if (depth > MAX_NESTING + 1) throw new DamagedBytesError('values are nested too deeply');
      for (let left = this.varint(); left > 0; left--) {
        if (tag === TAG.keyValues) this.skip(Math.floor(this.varint() / 2));
        this.skipValue(depth + 1);
      }
    } else if (tag > TAG.keyValues) throw new DamagedBytesError(`a value is of no known kind (${tag})`);
  }

  #advance(length: number): number {
    const start = this.position;
    if (start + length > this.bytes.length) throw new DamagedBytesError('a row ends too early');
    this.position = start + length;
    return start;
  }
}
