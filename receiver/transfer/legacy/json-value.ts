import type { AnyValue } from '../../record/any-value.ts';

/**
 * A JSON text as a value: whole numbers are bigint when they fit 64 bits, others number, as OTLP tells them apart.
 * Throws SyntaxError for what is no JSON.
 */
export function parseJsonValue(text: string): AnyValue {
  return JSON.parse(text, reviveJson as never) as AnyValue;
}

function reviveJson(_key: string, value: unknown, context: { readonly source?: string }): AnyValue {
  if (typeof value === 'number') return numberOf(value, context.source ?? String(value));
  if (value === null || typeof value !== 'object') return value as AnyValue;
  return Array.isArray(value) ? (value as AnyValue[]) : new Map(Object.entries(value as Record<string, AnyValue>));
}

function numberOf(value: number, source: string): AnyValue {
  if (!/^-?\d{1,19}$/.test(source)) return value;
  const whole = BigInt(source);
  return BigInt.asIntN(64, whole) === whole ? whole : value;
}
