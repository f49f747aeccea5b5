import type { AnyValue } from '../../record/any-value.ts';

/** Of lists and objects within each other; what is deeper, no record is written of. */
const MOST_LEVELS = 100;

/**
 * A JSON text as a value: whole numbers are bigint when they fit 64 bits, others number, as OTLP tells them apart.
 * Throws SyntaxError for what is no JSON, RangeError for what is nested too deep.
 */
export function parseJsonValue(text: string): AnyValue {
  const value = JSON.parse(text, reviveJson as never) as AnyValue;
  if (isDeeper(value, MOST_LEVELS)) throw new RangeError(`JSON of more than ${MOST_LEVELS} levels`);
  return value;
}

function isDeeper(value: AnyValue, levels: number): boolean {
  const inner = Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : null;
  return inner !== null && (levels === 0 || inner.some((item) => isDeeper(item, levels - 1)));
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
