import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { fieldTexts } from '../../receiver/query/field-values.ts';
import { type Field, fieldEquals, MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { LEVELS, levelIndexOf } from '../../receiver/record/severity.ts';
import { dayOf } from '../../receiver/store/embedded/day.ts';
import { AnswerCache, questionOf } from '../../receiver/store/embedded/read/answer-cache.ts';
import { rangeOf } from '../../receiver/store/embedded/read/block-rows.ts';
import { readFacets } from '../../receiver/store/embedded/read/facets.ts';
import { placedWithin } from '../../receiver/store/embedded/read/few-rows.ts';
import { readHistogram } from '../../receiver/store/embedded/read/histogram.ts';
import { DAY, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { readerFolder, unhurried } from './reader-folder.ts';

const YESTERDAY = NOON - DAY;
const QUERIES: readonly Query[] = [
  { type: 'text', text: 'apple' },
  { type: 'text', text: 'p' },
  { type: 'field', field: { kind: 'attribute', key: 'size' }, test: { op: '>=', value: 2 } },
];
const FIELDS: readonly Field[] = [
  { kind: 'named', name: 'logger' },
  { kind: 'attribute', key: 'size' },
];

const record = fc
  .record({
    minute: fc.nat({ max: 90 }),
    word: fc.constantFrom('apple', 'pear', 'plum'),
    size: fc.nat({ max: 3 }),
    severityNumber: fc.constantFrom(9, 17),
  })
  .map(({ minute, word, size, severityNumber }) =>
    logRecord({
      timestamp: YESTERDAY + BigInt(minute) * MINUTE,
      body: word,
      logger: word,
      severityNumber,
      attributes: new Map([['size', BigInt(size)]]),
    }),
  );
/** Quarters of an hour now and then, other minutes too. */
const minutes = fc.oneof(
  fc.nat({ max: 8 }).map((quarter) => quarter * 15),
  fc.nat({ max: 120 }),
);
const step = fc.oneof(
  fc.record({ append: fc.array(record, { minLength: 1, maxLength: 9 }) }),
  fc.record({
    query: fc.constantFrom(...QUERIES),
    order: fc.constantFrom('newest' as const, 'oldest' as const),
    limit: fc.integer({ min: 1, max: 6 }),
    minutes: fc.uniqueArray(minutes, { minLength: 2, maxLength: 5 }).map((times) => times.toSorted((a, b) => a - b)),
  }),
);

describe('what was counted in whole blocks before', () => {
  test('P17 P30 the same asked again, of other times and after more has come, is what all records tell', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        await using folder = await readerFolder();
        const records: LogRecord[] = [];
        for (const step of steps) {
          if ('append' in step) {
            records.push(...step.append);
            folder.append(step.append);
            folder.seal();
            continue;
          }
          const { query, order, limit } = step;
          const boundaries = step.minutes.map((minute) => YESTERDAY + BigInt(minute) * MINUTE);
          const matching = records.filter(compileQuery(query));
          const histogram = await readHistogram(folder.days, { query, boundaries }, unhurried());
          expect(histogram).toEqual({ counts: countsOf(matching, boundaries), complete: true });
          const [from, to] = [boundaries[0]!, boundaries.at(-1)!];
          const facets = await readFacets(folder.days, { query, fields: FIELDS, from, to, limit: 10 }, unhurried());
          const within = matching.filter(({ timestamp }) => from <= timestamp && timestamp < to);
          const found = facets.map(({ values }) => new Map(values.map(({ value, count }) => [value, count])));
          expect(found).toEqual(FIELDS.map((field) => textsOf(within, field)));
          const pages = await folder.searchHurried({ query, from, to, order, limit });
          const sorted = within.toSorted((a, b) => Number(a.timestamp - b.timestamp));
          expect(pages.flat().map(nameOf)).toEqual((order === 'oldest' ? sorted : sorted.toReversed()).map(nameOf));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is remembered of sealed blocks, and of those of a day that has gone no more', async () => {
    await using folder = await readerFolder();
    const day = dayOf(YESTERDAY);
    folder.append(Array.from({ length: 4 }, () => logRecord({ timestamp: YESTERDAY, body: 'apple' })));
    folder.seal();
    const [query] = QUERIES;
    const boundaries = [YESTERDAY, YESTERDAY + 15n * MINUTE];
    const ask = () => readHistogram(folder.days, { query: query!, boundaries }, unhurried());
    const first = await ask();
    const known = () => folder.days.counts.get(questionOf(query!), day, folder.days.listing(day).blocks[0]!.id);
    expect([...known()!].filter((_, at) => at % 2 === 1)).toEqual([4]);
    expect(await ask()).toEqual(first);
    folder.days.release(day);
    expect(known()).toBeUndefined();
  });

  test('P30 few rows that a search found in a whole block are remembered, in order', async () => {
    await using folder = await readerFolder();
    const day = dayOf(YESTERDAY);
    folder.append(Array.from({ length: 4 }, (_, row) => logRecord({ timestamp: YESTERDAY, body: `apple ${row}` })));
    folder.seal();
    const [query] = QUERIES;
    const bodies = async () => (await folder.searchHurried({ query: query! })).flat().map(({ body }) => body);
    expect(await bodies()).toEqual(['apple 3', 'apple 2', 'apple 1', 'apple 0']);
    const block = folder.days.listing(day).blocks[0]!.id;
    const few = () => folder.days.rows.get(questionOf(query!), day, block);
    expect(placedWithin(few()!, rangeOf(day, {})).map(({ row, sequence }) => [row, sequence])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(await bodies()).toEqual(['apple 3', 'apple 2', 'apple 1', 'apple 0']);
    folder.days.release(day);
    expect(few()).toBeUndefined();
  });

  test('P30 rows are remembered where they are few, and found where they are not', async () => {
    await using folder = await readerFolder({ rows: 200 });
    const words = Array.from({ length: 200 }, (_, row) => (row < 64 ? 'apple' : 'plum'));
    folder.append(words.map((body) => logRecord({ timestamp: YESTERDAY, body })));
    folder.seal();
    for (const [word, count] of [
      ['apple', 64],
      ['plum', 136],
    ] as const) {
      const query = { type: 'text', text: word } as const;
      for (let ask = 0; ask < 2; ask++) {
        const found = (await folder.searchHurried({ query, limit: 50 })).flat();
        expect(found.map(({ body }) => body)).toEqual(Array(count).fill(word));
        expect(folder.days.rows.get(questionOf(query), dayOf(YESTERDAY), 1) !== undefined).toBe(word === 'apple');
      }
    }
  });

  test('the questions asked longest ago make room; one that has filled all room keeps what it has', () => {
    const cache = new AnswerCache<string>(3000, ({ length }) => length);
    const answer = 'x'.repeat(700);
    cache.set('first', 1, 1, answer);
    cache.set('second', 1, 1, answer);
    expect(cache.get('first', 1, 1)).toBe(answer);
    cache.set('third', 1, 1, answer);
    expect(['first', 'second', 'third'].map((question) => cache.get(question, 1, 1))).toEqual([
      answer,
      undefined,
      answer,
    ]);
    for (let block = 2; block < 10; block++) cache.set('third', 2, block, answer);
    expect(cache.get('first', 1, 1)).toBeUndefined();
    expect([2, 3, 4, 9].map((block) => cache.get('third', 2, block))).toEqual([answer, answer, undefined, undefined]);
    cache.forget(2);
    expect([cache.get('third', 1, 1), cache.get('third', 2, 2)]).toEqual([answer, undefined]);
    cache.set('a'.repeat(5000), 1, 1, '');
    expect(cache.get('a'.repeat(5000), 1, 1)).toBeUndefined();
  });

  test('questions that differ in any way are different', () => {
    const atLeast = (value: number | bigint): Query => ({
      type: 'field',
      field: { kind: 'attribute', key: 'size' },
      test: { op: '>=', value },
    });
    const all = [
      MATCH_ALL,
      atLeast(1),
      atLeast(1n),
      atLeast(Number.POSITIVE_INFINITY),
      atLeast(Number.NEGATIVE_INFINITY),
      fieldEquals('logger', '1'),
      fieldEquals('logger', 'number 1'),
      { type: 'or', terms: [] } as const,
    ];
    expect(new Set(all.map(questionOf)).size).toBe(all.length);
  });
});

const nameOf = ({ timestamp, body, attributes }: LogRecord) => `${timestamp} ${body} ${attributes.get('size')}`;

function countsOf(records: readonly LogRecord[], boundaries: readonly bigint[]): number[] {
  const counts = new Array<number>((boundaries.length - 1) * LEVELS.length).fill(0);
  for (const { timestamp, severityNumber } of records) {
    const slot = boundaries.findLastIndex((boundary) => boundary <= timestamp);
    if (slot < 0 || slot === boundaries.length - 1) continue;
    counts[slot * LEVELS.length + levelIndexOf(severityNumber)]! += 1;
  }
  return counts;
}

function textsOf(records: readonly LogRecord[], field: Field): Map<string, number> {
  const texts = new Map<string, number>();
  for (const record of records) {
    for (const text of fieldTexts(field)(record)) texts.set(text, (texts.get(text) ?? 0) + 1);
  }
  return texts;
}
