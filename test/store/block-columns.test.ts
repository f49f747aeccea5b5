import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { fieldTexts } from '../../receiver/query/field-values.ts';
import { fold } from '../../receiver/query/fold.ts';
import type { Field, FieldTest } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import type { Block } from '../../receiver/store/embedded/block/block.ts';
import type { MarkedColumn, Wanted } from '../../receiver/store/embedded/block/columns.ts';
import { chunkOf, dayRecordArbitrary, fieldsOf, openBlock } from '../helpers/blocks.ts';
import { logRecord, NOON } from '../helpers/records.ts';

const KEYS = ['n', 'k', 'm', 'K', 'level', 'exception.stacktrace', 'http.response.status_code'];

/** Records, more of them the longer the same ones repeat, and which rows are looked at. */
const someRows = fc
  .tuple(fc.array(dayRecordArbitrary, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 4 }))
  .chain(([records, times]) => {
    const all = Array.from({ length: times }, () => records).flat();
    const flags = fc.array(fc.constantFrom(0, 1), { minLength: all.length, maxLength: all.length });
    return fc.record({ all: fc.constant(all), wanted: fc.option(flags.map((bits) => Uint8Array.from(bits))) });
  });

/** What to ask for: often what the records hold, whole or in part. */
function askedTexts(all: readonly LogRecord[]): fc.Arbitrary<string> {
  const held = all.flatMap((record) => [
    valueText(record.body),
    ...KEYS.flatMap((key) => fieldTexts({ kind: 'attribute', key })(record)),
  ]);
  return fc.oneof(
    fc.constantFrom(...held),
    fc.tuple(fc.constantFrom(...held), fc.nat(4), fc.nat(6)).map(([text, from, to]) => text.slice(from, from + to)),
    fc.constantFrom('', '5', '-0', '0', 'NaN', 'true', '1e3', '{"', '\udc00', 'σ'),
  );
}

const bound = fc.oneof(
  fc.integer({ min: -10, max: 600 }),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
);

/** Compares what a column marks with what the reference says of the block's records. */
function expectMarks(
  block: Block,
  wanted: Wanted,
  mark: (marks: Uint8Array) => void,
  matches: (record: LogRecord) => boolean,
) {
  const marks = new Uint8Array(block.size);
  mark(marks);
  const expected = Array.from(marks, (_, row) =>
    (!wanted || wanted[row] === 1) && matches(block.record(row)) ? 1 : 0,
  );
  expect([...marks]).toEqual(expected);
}

/** Asks a column everything, beside the reference. */
function expectColumn(
  block: Block,
  column: MarkedColumn,
  field: Field,
  contains: (record: LogRecord, needle: string) => boolean,
  { text, op, number, wanted }: { text: string; op: '<' | '<=' | '>' | '>='; number: number | bigint; wanted: Wanted },
): void {
  const test = (test: FieldTest) => compileQuery({ type: 'field', field, test });
  const expectOf = (mark: (marks: Uint8Array) => void, matches: (record: LogRecord) => boolean, rows = wanted) =>
    expectMarks(block, rows, mark, matches);
  expectOf((marks) => column.markPresent(marks), test({ op: 'present' }), null);
  expectOf((marks) => column.markEqual(text, wanted, marks), test({ op: 'equals', value: text }));
  expectOf((marks) => column.markPrefix(text, wanted, marks), test({ op: 'prefix', value: text }));
  expectOf((marks) => column.markCompared(op, number, wanted, marks), test({ op, value: number }));
  const needle = fold(text);
  expectOf(
    (marks) => column.markContaining(needle, wanted, marks),
    (record) => contains(record, needle),
  );
  const counts = new Map<string, number>();
  column.countTexts(wanted, (counted, count) => counts.set(counted, (counts.get(counted) ?? 0) + count));
  const expected = new Map<string, number>();
  for (let row = 0; row < block.size; row++) {
    if (wanted && wanted[row] !== 1) continue;
    for (const counted of fieldTexts(field)(block.record(row))) expected.set(counted, (expected.get(counted) ?? 0) + 1);
  }
  expect(counts).toEqual(expected);
}

const question = (all: readonly LogRecord[], wanted: Wanted) =>
  fc.record({
    text: askedTexts(all),
    op: fc.constantFrom('<', '<=', '>', '>='),
    number: bound,
    wanted: fc.constant(wanted),
  });

describe("a block's columns", () => {
  test('P30 attributes find what the query language means', () => {
    const cases = someRows.chain(({ all, wanted }) =>
      fc.tuple(fc.constant(all), fc.constantFrom(...KEYS), question(all, wanted)),
    );
    fc.assert(
      fc.property(cases, ([all, key, asked]) => {
        const block = openBlock(chunkOf(all));
        const column = block.attribute(key);
        if (!column) {
          expect(all.some((record) => record.attributes.has(key))).toBe(false);
          return;
        }
        const contains = (record: LogRecord, needle: string) => {
          const value = record.attributes.get(key);
          return value !== undefined && fold(valueText(value)).includes(needle);
        };
        expectColumn(block, column, { kind: 'attribute', key }, contains, asked);
        const { rows } = column;
        expect([...rows].map((_, index) => column.value(index))).toStrictEqual(
          [...rows].map((row) => block.record(row).attributes.get(key)),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('P7 P31 bodies find what the query language means', () => {
    const cases = someRows.chain(({ all, wanted }) => fc.tuple(fc.constant(all), question(all, wanted)));
    fc.assert(
      fc.property(cases, ([all, asked]) => {
        const block = openBlock(chunkOf(all));
        const contains = (record: LogRecord, needle: string) => fold(valueText(record.body)).includes(needle);
        expectColumn(block, block.body, { kind: 'named', name: 'body' }, contains, asked);
      }),
      { numRuns: 300 },
    );
  });

  test('P30 ids are found whole, by lower-case digits alone', () => {
    const cases = someRows.chain(({ all, wanted }) =>
      fc.tuple(
        fc.constant({ all, wanted }),
        fc.constantFrom(...all.flatMap(({ traceId, spanId }) => [traceId, spanId]), 'AB'.repeat(16), 'ab', 'xyz', ''),
      ),
    );
    fc.assert(
      fc.property(cases, ([{ all, wanted }, sought]) => {
        const block = openBlock(chunkOf(all));
        const sameTrace = (record: LogRecord) => sought !== '' && record.traceId === sought;
        const sameSpan = (record: LogRecord) => sought !== '' && record.spanId === sought;
        expectMarks(block, wanted, (marks) => block.traces.markEqual(sought, wanted, marks), sameTrace);
        expectMarks(block, wanted, (marks) => block.spans.markEqual(sought, wanted, marks), sameSpan);
        expectMarks(
          block,
          null,
          (marks) => block.traces.markPresent(marks),
          (record) => record.traceId !== '',
        );
        expectMarks(
          block,
          null,
          (marks) => block.spans.markPresent(marks),
          (record) => record.spanId !== '',
        );
      }),
      { numRuns: 100 },
    );
  });

  test('P30 rows looked up one by one, in any order, are those read all at once, whatever is let go between', () => {
    const rows = fc.array(dayRecordArbitrary, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.array(fc.nat(29), { maxLength: 8 }), (all, lookups) => {
        const chunk = chunkOf(all);
        const whole = openBlock(chunk);
        const block = openBlock(chunk);
        for (const row of lookups.filter((lookup) => lookup < block.size)) {
          expect([block.timeOf(row), block.sequenceOf(row)]).toEqual([whole.times[row], whole.sequences[row]]);
          expect(fieldsOf(block.record(row))).toEqual(fieldsOf(whole.record(row)));
          block.release();
        }
      }),
      { numRuns: 100 },
    );
  });

  test('P30 a key that no record has is no column', () => {
    expect(openBlock(chunkOf([logRecord({ timestamp: NOON })])).attribute('__proto__')).toBe(undefined);
  });

  test('columns know by row the site, the resource and what only some records have', () => {
    fc.assert(
      fc.property(fc.array(dayRecordArbitrary, { minLength: 1, maxLength: 30 }), (all) => {
        const block = openBlock(chunkOf(all));
        for (let row = 0; row < block.size; row++) {
          const record = block.record(row);
          const site = block.header.sites[block.sites[row]!]!;
          const { parts } = block.source;
          expect(parts.logger(site.logger)).toEqual({ service: record.service, logger: record.logger });
          expect(parts.severity(site.severity).number).toBe(record.severityNumber);
          expect(parts.resource(block.resources[row]!).value).toEqual(record.resource);
          expect(block.header.resources).toContain(block.resources[row]);
          const shape = block.header.shapes[site.shape]!.map((place) => block.header.keys[place]!.key);
          expect(shape).toEqual([...record.attributes.keys()]);
        }
        expect(block.heldBytes).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });
});
