import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { fieldTexts } from '../../receiver/query/field-values.ts';
import type { Field, Query } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { fieldArbitrary, queryArbitrary, recordArbitrary, timeArbitrary } from '../helpers/arbitraries.ts';
import { append, countByLevel, type OpenStore, searchAll } from './contract/harness.ts';

interface Question {
  readonly query: Query;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  readonly limit: number;
  readonly boundaries: readonly bigint[];
  readonly fields: readonly Field[];
}

const question: fc.Arbitrary<Question> = fc.record({
  query: queryArbitrary,
  from: fc.option(timeArbitrary, { nil: undefined }),
  to: fc.option(timeArbitrary, { nil: undefined }),
  limit: fc.integer({ min: 1, max: 12 }),
  boundaries: fc
    .uniqueArray(timeArbitrary, { minLength: 2, maxLength: 6 })
    .map((times) => times.toSorted((a, b) => (a < b ? -1 : 1))),
  fields: fc.array(fieldArbitrary, { minLength: 1, maxLength: 3 }),
});

/**
 * Random questions about random records: a store's searches, histograms and facets are what the reference evaluator
 * says. `runs` is how many stores are filled; each is asked several questions.
 */
export function describeQueryAgreement(name: string, open: OpenStore, runs = 40): void {
  describe(name, () => {
    test('P31 P30 random queries find, count and group what the reference evaluator says', async () => {
      const batches = fc.array(fc.array(recordArbitrary, { maxLength: 25 }), { minLength: 1, maxLength: 3 });
      const questions = fc.array(question, { minLength: 8, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(batches, questions, async (appended, asked) => {
          const { store, cleanup } = await open();
          try {
            const arrived: Arrived[] = [];
            for (const records of appended) {
              const ids = await append(store, records);
              arrived.push(...records.map((record, index) => ({ id: ids[index]!, record })));
            }
            const byTime = arrived.toSorted((a, b) => Number(a.record.timestamp - b.record.timestamp));
            for (const each of asked) await expectAgreement(store, byTime, each);
          } finally {
            await cleanup();
          }
        }),
        { numRuns: runs },
      );
    });
  });
}

interface Arrived {
  readonly id: string;
  readonly record: LogRecord;
}

/** `byTime` is in the order of (timestamp, arrival). */
async function expectAgreement(store: LogStore, byTime: readonly Arrived[], question: Question): Promise<void> {
  const { query, from, to, limit, boundaries, fields } = question;
  const matches = compileQuery(query);
  const matching = byTime.filter(({ record }) => matches(record));
  const inRange = matching.filter(
    ({ record: { timestamp } }) => (from === undefined || timestamp >= from) && (to === undefined || timestamp < to),
  );

  const ids = inRange.map(({ id }) => id);
  const found = async (order: 'newest' | 'oldest') =>
    (await searchAll(store, { query, from, to, limit, order })).map(({ id }) => id);
  expect(await found('oldest')).toEqual(ids);
  expect(await found('newest')).toEqual(ids.toReversed());

  const histogram = await store.histogram({ query, boundaries });
  const counted = countByLevel(
    matching.map(({ record }) => record),
    boundaries,
  );
  expect(histogram).toEqual({ counts: counted, complete: true });

  const facets = await store.facets({ fields, query, from, to, limit });
  const textsOf = (field: Field) => inRange.flatMap(({ record }) => fieldTexts(field)(record));
  expect(facets.map(({ values }) => values)).toEqual(fields.map((field) => mostFrequent(textsOf(field), limit)));
}

function mostFrequent(texts: readonly string[], limit: number): { value: string; count: number }[] {
  return [...Map.groupBy(texts, (text) => text)]
    .map(([value, occurrences]) => ({ value, count: occurrences.length }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
