import type { AnyValue } from '../../receiver/record/any-value.ts';
import { type JsonValue, valueJson } from '../api/record-json.ts';

/** Deeper JSON is left as the text it came as: whoever reads it goes through it by recursion. */
const MOST_DEPTH = 32;

/**
 * An attribute that holds something structured, as JSON: what OpenTelemetry can say as it is, and a text that is JSON as
 * what it says, since many senders have only texts to put it in. Any other text is itself; null when there is none.
 */
export function structured(value: AnyValue | undefined): JsonValue {
  if (value === undefined) return null;
  return (typeof value === 'string' ? parsed(value) : undefined) ?? valueJson(value);
}

/** Objects and lists alone: `42` as a text is a text. */
function parsed(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    return isDeeper(value, MOST_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeper(value: JsonValue, depth: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return depth === 0 || Object.values(value).some((member: JsonValue) => isDeeper(member, depth - 1));
}

/** JSON no longer than this stands on one line. */
const ONE_LINE = 90;

/** For people: JSON with blanks in it, on several lines when it is long; a text as it is. */
export function prettyJson(value: JsonValue): string {
  if (typeof value === 'string') return value;
  const short = JSON.stringify(value).length <= ONE_LINE;
  const text = JSON.stringify(value, null, short ? 1 : 2);
  // Line breaks within texts are written as \\n, so that these are the layout's alone.
  return short ? text.replace(/\n */g, ' ') : text;
}
