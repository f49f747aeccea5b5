import { expect, test } from 'vitest';
import { safeColour } from '../../../dashboard/events/colour.ts';
import { percentile } from '../../../dashboard/events/request.ts';
import { prettyJson, structured } from '../../../dashboard/events/structured.ts';

test('P60 data is JSON, whether it came structured or as a text', () => {
  expect(structured(new Map([['a', [1n, 'x', null]]]))).toEqual({ a: [1, 'x', null] });
  expect(structured('{"a":[1,"x",null]}')).toEqual({ a: [1, 'x', null] });
  expect(structured(' [1] ')).toEqual([1]);
  expect(structured(undefined)).toBeNull();
});

test('a text that is no JSON object or list stays a text', () => {
  for (const text of ['hello', '42', 'true', '"quoted"', '{broken', '']) expect(structured(text)).toBe(text);
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  expect(structured(deep)).toBe(deep);
});

test('JSON is on one line when it is short, else on several', () => {
  expect(prettyJson({ feed: 'garden-2', text: 'two\n lines', rows: [] })).toBe(
    '{ "feed": "garden-2", "text": "two\\n lines", "rows": [] }',
  );
  expect(prettyJson({ long: 'x'.repeat(100) })).toBe(`{\n  "long": "${'x'.repeat(100)}"\n}`);
  expect(prettyJson('as it is')).toBe('as it is');
});

test('P60 a colour is nothing but a colour', () => {
  for (const colour of ['#fff', '#7C5CFF', '#11223344', 'seagreen', 'rgb(10, 20, 30)', 'hsl(120deg 50% 50% / 0.5)']) {
    expect(safeColour(colour)).toBe(colour);
  }
  const hostile = [
    ...[
      'url(#x)',
      'url(https://evil.example)',
      'red;background:blue',
      '"><script>',
      'var(--bg)',
      'javascript:alert(1)',
    ],
    ...['#ggg', '#12345', '', ' red', 'rgb(1)', `rgb(${'1'.repeat(50)},1,1)`, 'expression(alert(1))', 'image-set()'],
  ];
  for (const text of [...hostile, null]) expect(safeColour(text), String(text)).toBeNull();
});

test('a percentile is a value that so many do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(hundred, 0.5), percentile(hundred, 0.95), percentile(hundred, 1)]).toEqual([50, 95, 100]);
  expect(percentile([7], 0.5)).toBe(7);
  expect(percentile([], 0.5)).toBeNull();
});
