import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../receiver/alerts/pattern.ts';
import { thresholdFor } from '../../receiver/alerts/threshold.ts';
import type { ThresholdSettings } from '../../receiver/config/config.ts';

const settings: ThresholdSettings = {
  levels: { TRACE: null, DEBUG: null, INFO: null, WARN: 1, ERROR: 1, FATAL: 1 },
  window: 3_600_000,
  overrides: [
    { pattern: 'shop/payments.*', levels: { ERROR: 3 } },
    { pattern: 'payments.*', levels: { ERROR: 10, WARN: null } },
    { pattern: 'payments.stripe', levels: { ERROR: 99, FATAL: 2, INFO: 500 } },
  ],
};

describe('thresholdFor', () => {
  test('P42 a level has its own threshold unless an override matches the logger', () => {
    expect(thresholdFor(settings, 'shop', 'cart', 'ERROR')).toBe(1);
    expect(thresholdFor(settings, 'shop', 'cart', 'INFO')).toBe(null);
    expect(thresholdFor(settings, 'bank', 'payments.stripe', 'ERROR')).toBe(10);
    expect(thresholdFor(settings, 'bank', 'payments', 'ERROR')).toBe(1);
  });

  test('P42 a pattern may name the service, and the first match that names the level wins', () => {
    expect(thresholdFor(settings, 'shop', 'payments.stripe', 'ERROR')).toBe(3);
    expect(thresholdFor(settings, 'shop', 'payments.stripe', 'FATAL')).toBe(2);
    expect(thresholdFor(settings, 'shop', 'payments.stripe', 'INFO')).toBe(500);
  });

  test("P16 an override of null switches the level's alert off", () => {
    expect(thresholdFor(settings, 'shop', 'payments.stripe', 'WARN')).toBe(null);
  });
});

describe('matchesPattern', () => {
  test.each([
    ['payments', 'payments', true],
    ['payments', 'payments.stripe', false],
    ['payments.*', 'payments.', true],
    ['payments.*', 'payments', false],
    ['*', '', true],
    ['*.db', 'a.b.db', true],
    ['*.db', 'a.b.db.x', false],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'aXcXb', false],
    ['**', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['[a]+', '[a]+', true],
    ['héé*', 'héé🙂', true],
  ])('%j on %j is %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  test('agrees with a regular expression on short texts', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const expression = pattern
          .split('*')
          .map((part) => part.replaceAll('.', '\\.'))
          .join('.*');
        expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
    );
  });

  test('a name made to make it backtrack costs no more than both lengths multiplied', () => {
    const pattern = `${'a*'.repeat(200)}b`;
    expect(matchesPattern(pattern, 'a'.repeat(20_000))).toBe(false);
  });
});
