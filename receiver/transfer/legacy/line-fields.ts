import { type AnyValue, EMPTY_KEY_VALUES, type KeyValueList } from '../../record/any-value.ts';
import { valueText } from '../../record/value-text.ts';

/** A field's text; '' when it has none. */
export function textOf(line: KeyValueList, field: string): string {
  const value = line.get(field);
  if (value === undefined || value === null) return '';
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : valueText(value);
}

export const mapOf = (value: AnyValue | undefined): KeyValueList => (value instanceof Map ? value : EMPTY_KEY_VALUES);

/** Whether a field says nothing: absent, null, an empty text or object. */
export const isEmpty = (value: AnyValue | undefined): boolean =>
  value === undefined || value === null || value === '' || (value instanceof Map && value.size === 0);
