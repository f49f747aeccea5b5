import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { fieldTexts } from '../../receiver/query/field-values.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import type { Query } from '../../receiver/query/tree.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { LEVELS, levelIndexOf } from '../../receiver/record/severity.ts';
import { DAY_LENGTH } from '../../receiver/store/embedded/day.ts';
import { type BlockQuery, compileBlockQuery } from '../../receiver/store/embedded/match/block-query.ts';
import { countField, countLevels } from '../../receiver/store/embedded/match/counting.ts';
import { queryArbitrary } from '../helpers/arbitraries.ts';
import { columnRecordArbitrary, fieldsOf, queriesAbout } from '../helpers/block-queries.ts';
import { chunkOf, dayRecordArbitrary, encodeBlock, openBlock } from '../helpers/blocks.ts';
import { chunkParts } from '../helpers/chunk-parts.ts';
import { DAY, logRecord, NOON } from '../helpers/records.ts';

const MIDNIGHT = NOON - (NOON % DAY);

/** A block of the records, all that is asked of it, and the records in its order. */
function sealed(records: readonly LogRecord[]) {
  const chunk = chunkOf(records);
  const encoded = encodeBlock(chunk);
  const block = openBlock(chunk, encoded);
  return {
    block,
    parts: chunkParts(chunk),
    filters: { texts: () => encoded.textFilter, keys: () => encoded.keyFilter },
    inOrder: records.toSorted((a, b) => Number(a.timestamp - b.timestamp)),
  };
}

type Sealed = ReturnType<typeof sealed>;

function mayMatch({ block, parts, filters }: Sealed, query: BlockQuery): boolean {
  return query.mayMatch(block.header, parts, filters);
}

/** A search of the block finds what the reference finds, of all rows and of some. */
function expectAgreement(of: Sealed, query: Query, some: Uint8Array): void {
  const matches = compileQuery(query);
  const asked = compileBlockQuery(query);
  const matching = Uint8Array.from(of.inOrder, (record) => Number(matches(record)));
  if (matching.includes(1)) expect(mayMatch(of, asked)).toBe(true);
  const all = new Uint8Array(matching.length).fill(1);
  asked.filterRows(of.block, of.parts, all);
  expect(all).toEqual(matching);
  const narrowed = some.slice();
  asked.filterRows(of.block, of.parts, narrowed);
  expect(narrowed).toEqual(some.map((mark, row) => mark & matching[row]!));
  const sites = asked.matchingSites?.(of.block.header, of.parts);
  if (sites) expect(Uint8Array.from(of.block.sites, (site) => sites[site]!)).toEqual(matching);
}

function queryOf(text: string): Query {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.query;
}

const someRows = (size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size, max: 1 }).map((rows) => Uint8Array.from(rows));

const records = fc.oneof(
  fc.array(columnRecordArbitrary, { minLength: 1, maxLength: 60 }),
  fc.array(fc.oneof(columnRecordArbitrary, dayRecordArbitrary), { minLength: 1, maxLength: 30 }),
);

describe('a query asked of a block', () => {
  test('P31 P30 finds what the reference evaluator finds, by filters and columns', () => {
    const cases = records.chain((all) =>
      fc.record({
        all: fc.constant(all),
        queries: fc.array(fc.oneof({ weight: 3, arbitrary: queriesAbout(all) }, queryArbitrary), { minLength: 10 }),
        some: someRows(all.length),
      }),
    );
    fc.assert(
      fc.property(cases, ({ all, queries, some }) => {
        const of = sealed(all);
        for (const query of queries) {
          expectAgreement(of, query, some);
          expectAgreement(of, { type: 'not', term: query }, some);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('P30 counts the texts of every field as the reference does', () => {
    const cases = records.chain((all) => fc.record({ all: fc.constant(all), some: someRows(all.length) }));
    fc.assert(
      fc.property(cases, ({ all, some }) => {
        const { block, parts, inOrder } = sealed(all);
        for (const field of fieldsOf(all)) {
          const counted = new Map<string, number>();
          countField(field, block, parts, some, (text, count) => counted.set(text, (counted.get(text) ?? 0) + count));
          const textsOf = fieldTexts(field);
          const texts = inOrder.flatMap((record, row) => (some[row] === 1 ? textsOf(record) : []));
          expect(counted).toEqual(
            new Map([...Map.groupBy(texts, (text) => text)].map(([text, { length }]) => [text, length])),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test('P30 counts rows by slot and level, wherever the boundaries are', () => {
    const boundary = fc.oneof(
      fc.integer({ min: -3, max: 4 }),
      fc.integer({ min: -2 * DAY_LENGTH, max: 2 * DAY_LENGTH }),
      fc.constantFrom(DAY_LENGTH / 2, DAY_LENGTH),
    );
    const cases = records.chain((all) =>
      fc.record({
        all: fc.constant(all),
        some: someRows(all.length),
        boundaries: fc.uniqueArray(boundary, { maxLength: 9 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ all, some, boundaries }) => {
        const { block, parts, inOrder } = sealed(all);
        const ascending = Float64Array.from(boundaries).sort();
        const slots = Math.max(0, ascending.length - 1);
        const counts = new Float64Array(slots * LEVELS.length);
        const expected = counts.slice();
        for (const [row, { timestamp, severityNumber }] of inOrder.entries()) {
          const time = Number(timestamp - MIDNIGHT);
          const slot = ascending.findLastIndex((start) => start <= time);
          if (some[row] === 1 && slot >= 0 && slot < slots)
            expected[slot * LEVELS.length + levelIndexOf(severityNumber)]! += 1;
        }
        countLevels(block, parts, some, ascending, counts);
        expect(counts).toEqual(expected);
      }),
    );
  });
});

describe('what a block is passed over for', () => {
  const traffic = sealed(
    generateTraffic({ seed: 5, from: MIDNIGHT, to: MIDNIGHT + DAY, recordsPerDay: 4000 })
      .take(3000)
      .toArray(),
  );
  const passes = (text: string) => mayMatch(traffic, compileBlockQuery(queryOf(text)));
  const traceId = traffic.inOrder.find((record) => record.traceId !== '')!.traceId;

  test.for([
    'level:>=debug',
    'delivered',
    'PARCEL',
    'logger:web.access',
    'logger:web.access level:info',
    'user.id:*',
    'http.request.method:GET',
    'http.response.status_code:200',
    'http.response.status_code:>=500',
    'logvitals.duration:<1',
    'resource.host.name:node-1.shop.example',
    `trace:${traceId}`,
    `trace:${traceId} OR nowhere-to-be-found`,
  ])('P31 it may hold %s', (text) => {
    expect(passes(text)).toBe(true);
  });

  test.for([
    'nowhere-to-be-found',
    '"connection reset by peer"',
    'c0ffee5ca1ab1e00',
    'body:"Never said"',
    'body:"Never said"*',
    'logger:nobody',
    'service:shop-web logger:payments.ledger',
    'logger:web.assets level:fatal',
    'level:debug -level:debug',
    '-level:*',
    'nobody.has:*',
    'nobody.has:this',
    'nobody.has:>5',
    'http.request.method:BREW',
    'http.response.status_code:418',
    'http.response.status_code:>600',
    'logvitals.duration:<0',
    'logvitals.duration:5000.5',
    'resource.host.name:node-9.shop.example',
    'resource.nobody.has:*',
    'event:*',
    'event:logvitals.audit',
    'trace:0123456789abcdef0123456789abcdef',
    'trace:short',
    'group:11',
    'level:error nowhere-to-be-found',
    'nowhere-to-be-found OR nobody.has:this',
  ])('P31 it is known not to hold %s', (text) => {
    expect(passes(text)).toBe(false);
  });

  test.for<[string, AnyValue]>([
    ['true', true],
    ['false', false],
    ['5', 5n],
    ['-17', -17n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['0.25', 0.25],
    ['5', 5],
    ['1e+21', 1e21],
    ['0', -0],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['5', '5'],
    ['Größe', 'Größe'],
    ['\ud800', '\ud800'],
    ['b', ['a', 'b']],
    ['2', [1n, 2n]],
    ['AQ==', Uint8Array.of(1)],
  ])('P31 the text %s is found in %s', ([text, value]) => {
    const of = sealed([
      logRecord({ attributes: { v: value } }),
      logRecord({ attributes: { v: 'other' } }),
      logRecord(),
    ]);
    const query: Query = {
      type: 'field',
      field: { kind: 'attribute', key: 'v' },
      test: { op: 'equals', value: text },
    };
    expectAgreement(of, query, Uint8Array.of(1, 1, 1));
    expectAgreement(of, query, Uint8Array.of(0, 1, 1));
  });

  test('P31 one query is asked of blocks of several days, which number their names differently', () => {
    const days = ['a', 'b', 'c'].map((name, place) =>
      sealed([
        logRecord({ logger: name, severityNumber: 9 + 4 * place, resource: { attributes: { zone: name } } }),
        logRecord({ logger: 'z', severityNumber: 5, resource: { attributes: { zone: 'z' } } }),
      ]),
    );
    for (const text of ['logger:b', 'level:warn', 'logger:b level:warn', 'resource.zone:b', '-resource.zone:b']) {
      const query = queryOf(text);
      const matches = compileQuery(query);
      const asked = compileBlockQuery(query);
      for (const day of [...days, days[1]!]) {
        const matching = day.inOrder.map((record) => Number(matches(record)));
        expect(mayMatch(day, asked)).toBe(matching.includes(1));
        const rows = Uint8Array.of(1, 1);
        asked.filterRows(day.block, day.parts, rows);
        expect([...rows]).toEqual(matching);
      }
    }
  });

  test('P31 sections that a query does not ask for stay packed', () => {
    const chunk = chunkOf([logRecord({ body: 'one' }), logRecord({ body: 'two', severityNumber: 17 })]);
    const encoded = encodeBlock(chunk);
    const damaged = new Uint8Array(4);
    const onlyPlaces = openBlock(chunk, encoded, { ids: damaged, body: damaged, attributes: damaged });
    const wanted = Uint8Array.of(1, 1);
    compileBlockQuery(queryOf('level:>=error logger:*')).filterRows(onlyPlaces, chunkParts(chunk), wanted);
    expect([...wanted]).toEqual([0, 1]);
  });
});
