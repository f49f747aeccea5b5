import type { AnyValue } from '../../record/any-value.ts';
import { valueText } from '../../record/value-text.ts';
import { ISSUE_BODY_LENGTH } from '../store.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** A logger's newest warning or error within a day, in short: all that a card shows of it. */
export interface NewestIssue {
  /** Nanoseconds since the day's start. */
  readonly time: number;
  readonly sequence: number;
  readonly severityNumber: number;
  readonly severityText: string;
  /** The body's text, cut to ISSUE_BODY_LENGTH. */
  readonly body: string;
}

const writer = new ByteWriter();

/** The body as an issue shows it. */
export function issueBodyOf(body: AnyValue): string {
  return valueText(body).slice(0, ISSUE_BODY_LENGTH);
}

/** Time, sequence and severity number as varints, severity text and body as texts (bytes.ts). */
export function encodeNewestIssue({ time, sequence, severityNumber, severityText, body }: NewestIssue): Uint8Array {
  writer.varint(time);
  writer.varint(sequence);
  writer.varint(severityNumber);
  writer.text(severityText);
  writer.text(body);
  return writer.take();
}

/** Reads what `encodeNewestIssue` wrote; throws DamagedBytesError for anything that ends too early. */
export function decodeNewestIssue(bytes: Uint8Array): NewestIssue {
  const reader = new ByteReader(bytes);
  return {
    time: reader.varint(),
    sequence: reader.varint(),
    severityNumber: reader.varint(),
    severityText: reader.text(),
    body: reader.text(),
  };
}

/** Whether `one` stands behind `other` in the order of records. */
export function isNewer(
  one: { readonly time: number; readonly sequence: number },
  other: { readonly time: number; readonly sequence: number },
): boolean {
  return one.time > other.time || (one.time === other.time && one.sequence > other.sequence);
}
