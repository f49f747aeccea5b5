import { WHOLE_LIMIT } from './whole-numbers.ts';

/** Digits after the point that are tried; what needs more is no decimal that anyone wrote. */
const MOST_DECIMALS = 12;

/**
 * Doubles as whole numbers and a count of decimals common to all, or null when one of them is no such decimal. Exact:
 * the quotient of a whole number and a power of ten, both exact as doubles, is the double nearest to the decimal.
 */
export function toDecimals(doubles: Float64Array): { decimals: number; numbers: Float64Array } | null {
  let decimals = 0;
  for (const double of doubles) {
    while (!isDecimal(double, decimals)) {
      decimals++;
      if (decimals > MOST_DECIMALS) return null;
    }
  }
  const numbers = doubles.map((double) => Math.round(double * 10 ** decimals));
  const isExact = doubles.every((double, index) => isScaled(double, numbers[index]!, decimals));
  return isExact ? { decimals, numbers } : null;
}

/** Turns what `toDecimals` made into the doubles again, in place. */
export function fromDecimals(numbers: Float64Array, decimals: number): void {
  if (decimals === 0) return;
  const scale = 10 ** decimals;
  for (let index = 0; index < numbers.length; index++) numbers[index]! /= scale;
}

function isDecimal(double: number, decimals: number): boolean {
  return isScaled(double, Math.round(double * 10 ** decimals), decimals);
}

function isScaled(double: number, number: number, decimals: number): boolean {
  return number / 10 ** decimals === double && Math.abs(number) < WHOLE_LIMIT;
}
