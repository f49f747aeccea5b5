const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;
/** Longer numbers are none: no type here has so many digits, and BigInt's work grows with the square of their length. */
export const LONGEST_NUMBER = 400;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Whether the text is a number as JSON writes them (RFC 8259, section 6), of no unreasonable length. */
export function isNumber(text: string): boolean {
  return text.length <= LONGEST_NUMBER && JSON_NUMBER.test(text);
}

/**
 * The value of `intValue`: exact within 64 bits, however it is written. What the JavaScript exporter also sends there,
 * numbers beyond 64 bits or with a fraction (`1e+300`), stays what it was before, a double. Null when it is no number.
 */
export function parseIntValue(text: string): bigint | number | null {
  const integer = parseInteger(text);
  if (integer !== null && integer >= INT64_MIN && integer <= INT64_MAX) return integer;
  return isNumber(text) ? Number(text) : null;
}

/** The value of `doubleValue`: numbers, and the texts that proto3's JSON has for the rest. Null when it is none of them. */
export function parseDouble(text: string): number | null {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
  return isNumber(text) ? Number(text) : null;
}

/** An integer in any notation, exact (`1700000000000000001`, `"17"`, `1e3`), or null. */
export function parseInteger(text: string): bigint | null {
  if (text.length <= LONGEST_NUMBER && INTEGER.test(text)) return BigInt(text);
  if (!isNumber(text)) return null;
  const number = Number(text);
  return Number.isInteger(number) && Number.isFinite(number) ? BigInt(number) : null;
}
