import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold } from '../../receiver/query/fold.ts';
import { build, texts } from './text-columns.ts';

/** All runs of `length` bytes of a text, folded. */
function grams(text: string, length: number): string[] {
  const bytes = Buffer.from(fold(text));
  return Array.from({ length: Math.max(0, bytes.length - length + 1) }, (_, start) =>
    bytes.toString('latin1', start, start + length),
  );
}

function regionsOf(column: readonly string[], margin: number): string[] {
  const regions: string[] = [];
  build(column, {
    margin,
    onRegion: (bytes, start, end) => regions.push(Buffer.from(bytes.subarray(start, end)).toString()),
  });
  return regions;
}

test('new regions have every n-gram of the texts, and none besides', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 5 }), (column, margin) => {
      const all = new Set(column.flatMap((text) => grams(text, margin + 1)));
      const reported = new Set(regionsOf(column, margin).flatMap((region) => grams(region, margin + 1)));
      expect(reported).toEqual(all);
    }),
    { numRuns: 1000 },
  );
});

test('a text of a known template is reported by its variable parts', () => {
  expect(regionsOf(['order 17 of user 4 placed', 'order 18 of user 5 placed', 'order 9 × 2 done'], 3)).toEqual([
    'order 17 of user 4 placed',
    'er 18 of',
    'er 5 pl',
    'order 9 × 2 done',
  ]);
  expect(regionsOf(['a 1 b 2 × ', 'a 3 b 4 × '], 3)).toEqual(['a 1 b 2 × ', 'a 3 b 4 × ']);
});
