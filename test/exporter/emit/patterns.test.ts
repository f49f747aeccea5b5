import { expect, test } from 'vitest';
import { createFilter, isPattern } from '../../../exporter/src/emit/patterns.ts';

test.each([
  [{}, '/orders', true],
  [{ include: [] }, '/orders', false],
  [{ include: ['/orders'] }, '/orders', true],
  [{ include: ['/orders'] }, '/orders/1', false],
  [{ include: ['/orders/*'] }, '/orders/1', true],
  [{ include: ['/orders/*'] }, '/orders', false],
  [{ include: ['*.js'] }, '/a.js', true],
  [{ include: ['*.js'] }, '/a.json', false],
  [{ include: ['a*b*a'] }, 'aba', true],
  [{ include: ['a*a'] }, 'a', false],
  [{ include: ['*'] }, '', true],
  [{ include: [/^\/api\b/] }, '/api/x', true],
  [{ include: ['/a.c'] }, '/abc', false],
  [{ exclude: ['/health'] }, '/health', false],
  [{ exclude: ['/health'] }, '/orders', true],
  [{ include: ['/*'], exclude: [/health/] }, '/health', false],
])('P56 %j lets %j pass: %s', (patterns, text, passes) => {
  expect(createFilter(patterns)(text)).toBe(passes);
});

test('P56 a pattern with a g flag answers the same each time', () => {
  const filter = createFilter({ include: [/a/g] });
  expect([filter('a'), filter('a'), filter('a')]).toEqual([true, true, true]);
});

test('what can be a pattern', () => {
  expect(['a', /a/, 1, null, {}].map(isPattern)).toEqual([true, true, false, false, false]);
});
