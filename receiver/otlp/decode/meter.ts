import { isUtf8 } from 'node:buffer';
import type { AnyValue, GrowingKeyValues } from '../../record/any-value.ts';
import { TRUNCATED_ATTRIBUTE, utf8CutEnd } from '../../record/truncate.ts';
import { type DecodedRequest, type DecodeLimits, FIELD_WEIGHT } from './decoded.ts';
import { Fault } from './errors.ts';
import type { TextBuffer } from './short-texts.ts';

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

  /** Adds a field with so many bytes of its own; throws a Fault when the record gets too heavy. */
  addField(bytes = 0): void {
    this.addBytes(FIELD_WEIGHT + bytes);
  }

  /** Adds the bytes of what lives elsewhere, or is a part of a field. */
  addBytes(bytes: number): void {
    this.weight += bytes;
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
  markCuts(attributes: GrowingKeyValues | null): GrowingKeyValues | null {
    if (this.#cutNames.length === 0) return attributes;
    const marked = attributes ?? new Map<string, AnyValue>();
    marked.set(TRUNCATED_ATTRIBUTE, this.#cutNames);
    return marked;
  }

  /** The text of UTF-8 bytes `[start, end)`, cut to the limit and weighed. */
  text(bytes: TextBuffer, start: number, end: number, limit = this.valueBytes): string {
    let stop = end;
    if (end - start > limit) {
      stop = utf8CutEnd(bytes, start, limit);
      this.cut();
    }
    this.addField(stop - start);
    return this.decode(bytes, start, stop);
  }

  /** The text of UTF-8 bytes `[start, end)`, counted when it holds invalid UTF-8, which becomes U+FFFD (O52). */
  decode(bytes: TextBuffer, start: number, end: number): string {
    const text = bytes.utf8Slice(start, end);
    // Free for texts within Latin-1, whose strings cannot hold the character.
    if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) this.countInvalidText();
    return text;
  }

  countInvalidText(): void {
    this.#request.invalidTexts++;
  }
}
