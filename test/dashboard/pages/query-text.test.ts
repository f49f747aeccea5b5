import { expect, test } from 'vitest';
import { asksFor, searchedWords, toggled } from '../../../dashboard/routes/query-text.ts';
import { parseQuery } from '../../../receiver/query/parse.ts';
import type { Field } from '../../../receiver/query/tree.ts';

const HOST: Field = { kind: 'resource', key: 'host.name' };

test('a facet’s value is added to the query so that both must hold, and taken out again', () => {
  for (const query of ['', 'refused', 'a OR b', '-x level:>=warn', '"two words" user.id:7']) {
    const narrowed = toggled(query, HOST, 'web 1');
    expect(asksFor(narrowed, HOST, 'web 1')).toBe(true);
    expect(asksFor(narrowed, HOST, 'web 2')).toBe(false);
    const meaning = (text: string) => parseQuery(text);
    expect(meaning(toggled(narrowed, HOST, 'web 1'))).toEqual(meaning(query));
  }
  expect(toggled('a OR b', HOST, 'web-1')).toBe('(a OR b) resource.host.name:web-1');
});

test('words that are excluded are not those that are looked for', () => {
  const parsed = parseQuery('refused ("card x" OR level:error) -healthz user.id:7');
  expect(parsed.ok && searchedWords(parsed.query)).toEqual(['refused', 'card x']);
});
