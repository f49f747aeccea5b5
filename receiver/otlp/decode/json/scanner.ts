import { truncateText } from '../../../record/truncate.ts';
import { MalformedError } from '../errors.ts';
import type { Meter } from '../meter.ts';
import { NAMES, type TextBuffer, type TextSource } from '../short-texts.ts';
import { isNumber, LONGEST_NUMBER } from './numbers.ts';
import { passOrdinary } from './ordinary-text.ts';

export const QUOTE = 0x22;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Arrays and objects one inside another, known or not; deeper input is refused. OTLP's own 64 levels take four each. */
const MAX_JSON_DEPTH = 400;

/** An escaped character takes at most so many bytes for each byte of UTF-8 it stands for (`\u0041`). */
const ESCAPE_RATIO = 6;

/** By byte: 1 for what may follow a backslash by itself. */
const IS_ESCAPABLE = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number('"\\/bfnrt'.includes(String.fromCharCode(byte))),
);

/**
 * Reads JSON text (RFC 8259) token by token from a buffer, as strictly as JSON.parse: what that refuses is a
 * MalformedError here. Every method moves `position` past what it read and the white space before it.
 */
export class JsonScanner implements TextSource {
  readonly bytes: TextBuffer;
  readonly view: DataView;
  readonly meter: Meter;
  position = 0;

  constructor(bytes: Buffer, meter: Meter) {
    this.bytes = bytes as TextBuffer;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.meter = meter;
    // A byte order mark is no JSON, but RFC 8259 lets readers ignore it.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.position = 3;
  }

  /** The next token's first byte, without passing over it; NaN at the end. */
  peek(): number {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.position]!;
      if (byte > 0x20) return byte;
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) this.position++;
      else return byte ?? Number.NaN;
    }
  }

  /** Passes over one byte of punctuation if it comes next. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  expect(byte: number): void {
    if (!this.take(byte)) throw this.unexpected();
  }

  /** Ends the input: nothing but white space may follow. */
  expectEnd(): void {
    if (!Number.isNaN(this.peek())) throw this.unexpected();
  }

  /** A member's name and its colon. */
  memberName(): string {
    const start = this.position;
    const name = this.#knownName() ?? this.#textAt(start);
    this.expect(COLON);
    return name;
  }

  /** After a member or element: true when another follows, false at the end, which is passed over. */
  next(close: number): boolean {
    if (this.take(COMMA)) return true;
    this.expect(close);
    return false;
  }

  /** A string's text, cut to so many bytes of UTF-8. The opening quote comes next. */
  text(limit = this.meter.valueBytes): string {
    this.expect(QUOTE);
    const start = this.position;
    const isPlain = this.#passString();
    return this.#decode(start, this.position - 1, isPlain, limit);
  }

  /** Like `text`, for texts that come again and again, attribute keys above all. */
  name(): string {
    const start = this.position;
    const known = this.#knownName();
    if (known === null) return this.#textAt(start);
    this.meter.addBytes(known.length);
    return known;
  }

  #textAt(start: number): string {
    this.position = start;
    return this.text();
  }

  /** Passes over a short string without escapes and gives its remembered text; null for others. */
  #knownName(): string | null {
    this.expect(QUOTE);
    const { bytes } = this;
    const start = this.position;
    let at = start;
    at = passOrdinary(this, at);
    if (bytes[at] !== QUOTE) return null;
    this.position = at + 1;
    return at === start ? '' : NAMES.at(this, start, at);
  }

  /** The text of a number, or null when something else comes next. */
  number(): string | null {
    const first = this.peek();
    if (!(first === 0x2d || (first >= 0x30 && first <= 0x39))) return null;
    const start = this.position;
    const longest = start + LONGEST_NUMBER + 1;
    while (this.position < longest && isNumberByte(this.bytes[this.position])) this.position++;
    const text = this.bytes.latin1Slice(start, this.position);
    if (!isNumber(text))
      throw new MalformedError(`no JSON number of up to ${LONGEST_NUMBER} characters at byte ${start}`);
    return text;
  }

  /** true, false or null (as the text), or '' when something else comes next. */
  literal(): 'true' | 'false' | 'null' | '' {
    const first = this.peek();
    const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : first === 0x6e ? 'null' : '';
    if (word === '') return '';
    const end = Math.min(this.position + word.length, this.bytes.length);
    if (this.bytes.latin1Slice(this.position, end) !== word) throw this.unexpected();
    this.position = end;
    return word;
  }

  /** Passes over `null` if it comes next: in proto3's JSON it means that a field is not set. */
  takeNull(): boolean {
    return this.peek() === 0x6e && this.literal() === 'null';
  }

  /**
   * Passes over a value of any kind, checking its syntax, and yields after each token so that the caller can count,
   * stop, or let others run.
   */
  *skip(): Generator<void, void> {
    const closers: number[] = [];
    for (;;) {
      yield;
      if (this.#openValue(closers)) continue;
      for (;;) {
        const close = closers.at(-1);
        if (close === undefined) return;
        if (this.next(close)) {
          if (close === CLOSE_BRACE) this.#passMemberName();
          break;
        }
        closers.pop();
      }
    }
  }

  unexpected(): MalformedError {
    const byte = this.peek();
    return Number.isNaN(byte)
      ? new MalformedError('the JSON text is cut short')
      : new MalformedError(
          `unexpected ${byte < 0x7f ? `'${String.fromCharCode(byte)}'` : 'byte'} at byte ${this.position}`,
        );
  }

  /** Passes over a scalar or an empty container, or opens a container: true when a value inside it comes next. */
  #openValue(closers: number[]): boolean {
    if (closers.length > MAX_JSON_DEPTH) throw new MalformedError(`JSON nested more than ${MAX_JSON_DEPTH} deep`);
    if (this.take(OPEN_BRACE)) {
      if (this.take(CLOSE_BRACE)) return false;
      closers.push(CLOSE_BRACE);
      this.#passMemberName();
      return true;
    }
    if (this.take(OPEN_BRACKET)) {
      if (this.take(CLOSE_BRACKET)) return false;
      closers.push(CLOSE_BRACKET);
      return true;
    }
    if (this.take(QUOTE)) this.#passString();
    else if (this.number() === null && this.literal() === '') throw this.unexpected();
    return false;
  }

  #passMemberName(): void {
    this.expect(QUOTE);
    this.#passString();
    this.expect(COLON);
  }

  /** Moves behind the closing quote; true when the string has no escapes. */
  #passString(): boolean {
    const { bytes } = this;
    let isPlain = true;
    let at = this.position;
    for (;;) {
      at = passOrdinary(this, at);
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === undefined) throw new MalformedError('the JSON text is cut short in a string');
      if (byte !== BACKSLASH) throw new MalformedError(`a control character in a string at byte ${at}`);
      isPlain = false;
      at = this.#passEscape(at + 1);
    }
    this.position = at + 1;
    return isPlain;
  }

  /** `at` is behind the backslash; gives the position behind the escape. */
  #passEscape(at: number): number {
    const byte = this.bytes[at];
    if (IS_ESCAPABLE[byte!] === 1) return at + 1;
    if (byte !== LETTER_U) throw new MalformedError(`an escape that is none at byte ${at - 1}`);
    for (let digit = 1; digit <= 4; digit++) {
      if (!isHexDigit(this.bytes[at + digit])) throw new MalformedError(`an escape that is none at byte ${at - 1}`);
    }
    return at + 5;
  }

  #decode(start: number, end: number, isPlain: boolean, limit = this.meter.valueBytes): string {
    return isPlain ? this.meter.text(this.bytes, start, end, limit) : this.#decodeEscapes(start, end, limit);
  }

  /** The string has been checked already, so JSON.parse cannot refuse it. */
  #decodeEscapes(start: number, end: number, limit: number): string {
    const stop = this.#lastBoundary(start, end, limit * ESCAPE_RATIO);
    let text: string = JSON.parse(`"${this.meter.decode(this.bytes, start, stop)}"`);
    if (!text.isWellFormed()) {
      // A lone surrogate (`\ud800`) is no character; in protobuf the same client sends U+FFFD.
      text = text.toWellFormed();
      this.meter.countInvalidText();
    }
    const kept = truncateText(text, limit);
    if (kept !== text || stop < end) this.meter.cut();
    this.meter.addField(kept.length);
    return kept;
  }

  /** Where to stop decoding a string longer than so many bytes: behind a whole character. */
  #lastBoundary(start: number, end: number, length: number): number {
    if (end - start <= length) return end;
    let at = start;
    while (at < start + length) at = this.bytes[at] === BACKSLASH ? this.#passEscape(at + 1) : at + 1;
    while (at < end && (this.bytes[at]! & 0xc0) === 0x80) at++;
    return at;
  }
}

function isNumberByte(byte: number | undefined): boolean {
  // Digits, '+', '-', '.', 'e', 'E'
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      byte === 0x2b ||
      byte === 0x2d ||
      byte === 0x2e ||
      byte === 0x65 ||
      byte === 0x45)
  );
}

function isHexDigit(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66))
  );
}
