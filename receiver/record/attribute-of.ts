import type { AnyValue } from './any-value.ts';
import type { LogRecord } from './log-record.ts';

/**
 * A record's attribute by OpenTelemetry's present name, found under its older names too (CONTRACT.md, "Record"):
 * records are stored with the names their sender used. Undefined when the record has none of them.
 */
export function attributeOf(record: LogRecord, key: string): AnyValue | undefined {
  const { attributes } = record;
  const value = attributes.get(key);
  if (value !== undefined) return value;
  switch (key) {
    case 'code.file.path':
      return attributes.get('code.filepath');
    case 'code.line.number':
      return attributes.get('code.lineno');
    case 'code.function.name':
      return qualifiedFunction(attributes.get('code.namespace'), attributes.get('code.function'));
    case 'user.id':
      return attributes.get('enduser.id');
    default:
      return undefined;
  }
}

/** `code.function.name` is fully qualified; it used to be two attributes. */
function qualifiedFunction(namespace: AnyValue | undefined, name: AnyValue | undefined): AnyValue | undefined {
  if (typeof namespace === 'string' && typeof name === 'string') return `${namespace}.${name}`;
  return name ?? namespace;
}
