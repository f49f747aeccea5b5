import { scalarText } from '../../receiver/query/field-values.ts';
import { attributeOf } from '../../receiver/record/attribute-of.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';

/** An attribute's value as queries compare it, under its older names too; null when it is absent or an empty text. */
export function attributeText(record: LogRecord, key: string): string | null {
  const value = attributeOf(record, key);
  return value === undefined || value === null ? null : scalarText(value) || null;
}
