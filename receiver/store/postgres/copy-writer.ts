/** `COPY … (FORMAT binary)`, as PostgreSQL's manual has it: signature, flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** Where a row would begin: no more come. */
const TRAILER = Buffer.from([0xff, 0xff]);
/** `timestamptz` counts microseconds from 2000 on. */
const POSTGRES_EPOCH = 946_684_800_000_000n;
const JSONB_VERSION = 1;
/** Shorter texts are written faster a character at a time than by a call of Buffer's. */
const SHORT = 24;
const FIRST_CAPACITY = 128 * 1024;

/** Writes rows as binary COPY wants them: each field with its length before it; null is no value. */
export class CopyWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes not taken yet. */
  get length(): number {
    return this.#length;
  }

  begin(): void {
    this.#append(HEADER);
  }

  end(): void {
    this.#append(TRAILER);
  }

  row(fields: number): void {
    this.#reserve(2);
    this.#view.setInt16(this.#length, fields);
    this.#length += 2;
  }

  int16(value: number | null): void {
    if (value === null) {
      this.#nothing();
      return;
    }
    this.#reserve(6);
    this.#view.setInt32(this.#length, 2);
    this.#view.setInt16(this.#length + 4, value);
    this.#length += 6;
  }

  int32(value: number): void {
    this.#reserve(8);
    this.#view.setInt32(this.#length, 4);
    this.#view.setInt32(this.#length + 4, value);
    this.#length += 8;
  }

  /** A whole number below 2^53. */
  int64(value: number | null): void {
    if (value === null) {
      this.#nothing();
      return;
    }
    this.#reserve(12);
    this.#view.setInt32(this.#length, 8);
    this.#view.setInt32(this.#length + 4, Math.floor(value / 2 ** 32));
    this.#view.setUint32(this.#length + 8, value % 2 ** 32);
    this.#length += 12;
  }

  /** A `timestamptz` of so many microseconds since the Unix epoch. */
  time(microseconds: bigint | null): void {
    if (microseconds === null) {
      this.#nothing();
      return;
    }
    this.#reserve(12);
    this.#view.setInt32(this.#length, 8);
    this.#view.setBigInt64(this.#length + 4, microseconds - POSTGRES_EPOCH);
    this.#length += 12;
  }

  /** Gives how many bytes the text took. */
  text(value: string | null): number {
    if (value === null) {
      this.#nothing();
      return 0;
    }
    this.#reserve(4 + value.length * 3);
    const start = this.#length + 4;
    this.#length = this.#write(value, start);
    this.#view.setInt32(start - 4, this.#length - start);
    return this.#length - start;
  }

  jsonb(json: string): void {
    this.#reserve(5 + json.length * 3);
    const start = this.#length + 4;
    this.#bytes[start] = JSONB_VERSION;
    this.#length = this.#write(json, start + 1);
    this.#view.setInt32(start - 4, this.#length - start);
  }

  bytes(value: Uint8Array | null): void {
    if (value === null) {
      this.#nothing();
      return;
    }
    this.#reserve(4);
    this.#view.setInt32(this.#length, value.length);
    this.#length += 4;
    this.#append(value);
  }

  /** What was written since the last time; the caller's own. */
  take(): Uint8Array {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #nothing(): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, -1);
    this.#length += 4;
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Gives where the text ends. */
  #write(text: string, start: number): number {
    const { length } = text;
    if (length > SHORT) return start + this.#bytes.write(text, start);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return start + this.#bytes.write(text, start);
      this.#bytes[start + i] = code;
    }
    return start + length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
