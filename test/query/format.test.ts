import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatQuery } from '../../receiver/query/format.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import { MATCH_ALL } from '../../receiver/query/tree.ts';
import { queryArbitrary } from '../helpers/arbitraries.ts';

test('P33 a query written as text is read back as the same tree', () => {
  fc.assert(
    fc.property(queryArbitrary, (query) => {
      expect(parseQuery(formatQuery(query))).toEqual({ ok: true, query });
    }),
    { numRuns: 2000 },
  );
});

test.each([
  'a b OR c -d',
  '(a OR b) c',
  '-(a OR b)',
  '-(-a)',
  'level:>=warn service:shop',
  'k:"a b" k:v* k:"a b"* k:* k:>=5',
  '"level":high resource.host.name:db-1 resource."a b":c "5":x',
  '"http://x" "-a" "OR" "a*" "a\\\\b"',
  'k:"//x" k:">5" k:":x" k:"a\\\\"*',
  '* OR a',
])('%s is how it is written', (text) => {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(formatQuery(parsed.query)).toBe(text);
});

test('the query for everything is the empty text', () => {
  expect(formatQuery(MATCH_ALL)).toBe('');
});

test('numbers beyond 2^53 are written with every digit', () => {
  for (const value of [1e21, 2 ** 70, -1e300, 5e-324, 123456789012345680000, 2n ** 63n - 1n, -(10n ** 400n + 1n)]) {
    const query = { type: 'field', field: { kind: 'attribute', key: 'k' }, test: { op: '>', value } } as const;
    expect(parseQuery(formatQuery(query))).toEqual({ ok: true, query });
  }
});
