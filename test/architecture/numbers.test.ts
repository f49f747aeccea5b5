/** What logvitals promises is numbered: P… what people moving here already have, O… what an OTLP receiver does. */
import { expect, test } from 'vitest';
import { readSources } from './sources.ts';

const KEPT = [...numbers('P', [1, 2], [4, 7], [9, 39], [41, 42], [50, 64], [70, 78]), ...numbers('O', [1, 60])];

/** The first argument of a call, where that is a text which begins with numbers: a test's name. */
const NUMBERED_NAME = /\(\s*(['"`])((?:[PO]\d+ )+)/g;

test('every promise kept has a test that names it', () => {
  const named = new Set(
    readSources(['test'])
      .filter(({ path }) => !path.startsWith('test/architecture/'))
      .flatMap(({ text }) => [...text.matchAll(NUMBERED_NAME)].flatMap(([, , list]) => list!.trim().split(' '))),
  );
  expect(KEPT.filter((number) => !named.has(number))).toEqual([]);
});

function numbers(letter: string, ...ranges: readonly (readonly [number, number])[]): string[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`),
  );
}
