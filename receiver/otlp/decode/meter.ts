import { isUtf8 } from 'node:buffer';
import type { AnyValue } from '../../record/any-value.ts';
import { TRUNCATED_ATTRIBUTE, utf8CutEnd } from '../../record/truncate.ts';
import { type DecodedRequest, type DecodeLimits, FIELD_WEIGHT } from './decoded.ts';
import { Fault } from './errors.ts';
import type { TextBuffer } from './names.ts';

/** Weighs what is read of one record, resource or scope, and keeps each value within the limits. */
export class Meter {
  readonly valueBytes: number;
  /** What the current record weighs so far. */
  weight = 0;
  /** True when the value being read was cut; `noteCut` resets it. */
  #cut = false;
  #cutNames: string[] = [];
  readonly #recordWeight: number;
  readonly #request: DecodedRequest;

  constructor(limits: DecodeLimits, request: DecodedRequest) {
    this.valueBytes = limits.valueBytes;
    this.#recordWeight = limits.recordWeight;
    this.#request = request;
  }

  /** Starts a record, resource or scope. */
  start(): void {
    this.weight = 0;
    this.#cut = false;
    if (this.#cutNames.length > 0) this.#cutNames = [];
  }

  /** Adds a field of so many bytes; throws a Fault when the record gets too heavy. */
  add(bytes: number): void {
    this.weight += FIELD_WEIGHT + bytes;
    if (this.weight > this.#recordWeight) {
      throw new Fault('too_large', `a record, resource or scope is larger than ${this.#recordWeight} bytes`);
    }
  }

  /** Marks the value being read as cut. */
  cut(): void {
    this.#cut = true;
    this.#request.truncatedValues++;
  }

  /** To be called after each value with its attribute's key, or `body`: remembers the name if the value was cut. */
  noteCut(name: string): void {
    if (!this.#cut) return;
    this.#cut = false;
    this.#cutNames.push(name);
  }

  /** Adds `logvitals.truncated` to the attributes when a value was cut. */
  markCuts(attributes: Map<string, AnyValue> | null): Map<string, AnyValue> | null {
    if (this.#cutNames.length === 0) return attributes;
    return (attributes ?? new Map<string, AnyValue>()).set(TRUNCATED_ATTRIBUTE, this.#cutNames);
  }

  /** The text of UTF-8 bytes `[start, end)`, cut to the limit, counted when it holds invalid UTF-8 (O52). */
  text(bytes: TextBuffer, start: number, end: number, limit = this.valueBytes): string {
    if (end - start <= limit) return this.wholeText(bytes, start, end);
    this.cut();
    return this.wholeText(bytes, start, utf8CutEnd(bytes, start, limit));
  }

  /** Like `text`, whatever its length. */
  wholeText(bytes: TextBuffer, start: number, end: number): string {
    this.add(end - start);
    const text = bytes.utf8Slice(start, end);
    // Free for texts within Latin-1, whose strings cannot hold the character.
    if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) this.countInvalidText();
    return text;
  }

  countInvalidText(): void {
    this.#request.invalidTexts++;
  }
}
