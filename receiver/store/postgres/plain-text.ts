import { scalarText } from '../../query/field-values.ts';
import type { AnyValue } from '../../record/any-value.ts';

/** What stands in a text column where PostgreSQL cannot hold the character. */
const REPLACEMENT = '\ufffd';

/** Whether a text column holds this text as it is: PostgreSQL knows neither NUL nor halves of surrogate pairs. */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** A text as a text column holds it; the text itself when it can. */
export function plainText(text: string): string {
  return isPlainText(text) ? text : text.replaceAll('\0', REPLACEMENT).toWellFormed();
}

/** UTF-16 units: an index entry must fit into a third of a page, and may hold two of these beside a time. */
const SHORT_TEXT_LENGTH = 200;

/**
 * A text as the short columns hold it, those that indexes are made of (`event_name`, `group_id` …): plain, and cut.
 * Equal texts are equal when cut; that unequal ones may be, too, is for the query's evaluator to see.
 */
export function shortText(text: string): string {
  const plain = plainText(text);
  return plain.length <= SHORT_TEXT_LENGTH ? plain : plain.slice(0, SHORT_TEXT_LENGTH).toWellFormed();
}

/** What a short column holds of an attribute with several values: no query may pass over it. */
export const MANY = '[]';

/** An attribute in its short column: null when it is absent, or has no kind and thereby no text. */
export function shortColumn(value: AnyValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? MANY : shortText(scalarText(value));
}
