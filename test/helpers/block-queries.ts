import * as fc from 'fast-check';
import { scalarText } from '../../receiver/query/field-values.ts';
import { type Field, type FieldTest, NAMED_FIELDS, type Query } from '../../receiver/query/tree.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { LOWEST_SEVERITY, type NamedLevel } from '../../receiver/record/severity.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import { recordArbitrary } from './arbitraries.ts';
import { DAY, NOON } from './records.ts';

/** Lines as programs write them: constant parts around numbers, ids and names, beside what folding makes longer or shorter. */
export const lineArbitrary = fc
  .record({
    template: fc.constantFrom(
      'GET /orders/{n} took {n} ms',
      'User {id} signed in from {name}',
      'KKKK{n}KKKKKKKKK {id}',
      'İİ{n}İİ',
      'Größe {n} überschritten: {name}',
      '订单{n}已付款{id}完成',
      '{id}{n}',
      'ΟΔΟΣ {n}ς',
      '{name}',
    ),
    n: fc.oneof(
      fc.nat({ max: 30 }).map(String),
      fc.nat().map(String),
      fc.constantFrom('007', '1e5', '12345678901234567'),
    ),
    id: fc.oneof(
      fc.constantFrom('deadbeef', '0af7651916cd43dd'),
      fc.nat({ max: 2 ** 31 }).map((id) => id.toString(16)),
    ),
    name: fc.constantFrom('Anna', 'ANNA', 'Zoë', 'şişe', '', '👩‍👩‍👧', 'a-b_c'),
  })
  .map(({ template, ...parts }) => template.replace(/\{(\w+)\}/g, (_, name: 'n' | 'id' | 'name') => parts[name]));

const stackTrace = fc
  .array(lineArbitrary, { maxLength: 3 })
  .map((frames) => ['Error: refused', ...frames].join('\n    at '));

/** Of a kind each, repeating, so that columns take their various forms; `mixed` has values of several kinds. */
const attributes: fc.Arbitrary<Record<string, AnyValue>> = fc.record(
  {
    whole: fc.bigInt({ min: -5n, max: 40n }),
    long: fc.constantFrom(2n ** 62n, 2n ** 51n, -(2n ** 63n), 2n ** 62n + 1n),
    decimal: fc.integer({ min: -100, max: 100 }).map((value) => value / 8),
    double: fc.double(),
    flag: fc.boolean(),
    nothing: fc.constant(null),
    text: lineArbitrary,
    few: fc.constantFrom('a', 'b', 'true', '5', '-0', 'NaN', ''),
    list: fc.array(fc.constantFrom<AnyValue>('a', 'b', 5n, 0.5, true, null, 'a'), { maxLength: 4 }),
    mixed: fc.oneof(
      lineArbitrary,
      fc.constantFrom<AnyValue>(5n, 5, '5', 0, -0, '0', true, 'true', null, 1e21, 10n ** 18n, Number.NaN, 'NaN'),
    ),
    'user.id': fc.constantFrom<AnyValue>('7', '8', 7n, null),
    'enduser.id': fc.constantFrom<AnyValue>('7', '9', 7n),
    'exception.stacktrace': fc.oneof(
      { weight: 5, arbitrary: stackTrace },
      fc.constantFrom<AnyValue>(5n, null, ['at 5']),
    ),
  },
  { requiredKeys: [] },
);

const MIDNIGHT = NOON - (NOON % DAY);

/** Records of one day whose texts and values fill a block's columns in all their forms. */
export const columnRecordArbitrary: fc.Arbitrary<LogRecord> = fc
  .record({
    base: recordArbitrary,
    time: fc.oneof(fc.bigInt({ min: 0n, max: DAY - 1n }), fc.bigInt({ min: 0n, max: 3n })),
    body: fc.option(lineArbitrary, { nil: undefined, freq: 4 }),
    added: attributes,
  })
  .map(({ base, time, body, added }) => ({
    ...base,
    timestamp: MIDNIGHT + time,
    body: body ?? base.body,
    attributes: new Map([...base.attributes, ...Object.entries(added)]),
  }));

/** All fields that some of the records may have. */
export function fieldsOf(records: readonly LogRecord[]): Field[] {
  const keys = new Set(records.flatMap((record) => [...record.attributes.keys()]));
  const resourceKeys = new Set(records.flatMap((record) => [...record.resource.attributes.keys()]));
  return [
    ...NAMED_FIELDS.map((name): Field => ({ kind: 'named', name })),
    ...[...keys, 'absent'].map((key): Field => ({ kind: 'attribute', key })),
    ...[...resourceKeys, 'absent'].map((key): Field => ({ kind: 'resource', key })),
  ];
}

/** Queries made of what the records hold, and of what they nearly hold. */
export function queriesAbout(records: readonly LogRecord[]): fc.Arbitrary<Query> {
  const record = fc.constantFrom(...records);
  const field = fc.constantFrom(...fieldsOf(records));
  const leaf: fc.Arbitrary<Query> = fc.oneof(
    { weight: 3, arbitrary: record.chain(wordOf).map((text): Query => ({ type: 'text', text })) },
    { weight: 5, arbitrary: fc.tuple(record, field).chain(([each, asked]) => testOf(each, asked)) },
    fc
      .tuple(comparison, fc.constantFrom(...(Object.keys(LOWEST_SEVERITY) as NamedLevel[])))
      .map(([op, level]): Query => ({ type: 'level', op, level })),
    fc.constant<Query>({ type: 'all' }),
  );
  return fc.letrec<{ query: Query }>((tie) => ({
    query: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((terms): Query => ({ type: 'and', terms })),
      fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((terms): Query => ({ type: 'or', terms })),
      tie('query').map((term): Query => ({ type: 'not', term })),
    ),
  })).query;
}

const comparison = fc.constantFrom('<', '<=', '>', '>=');

/** A piece of one of the record's texts, in another case, or with something wrong. */
function wordOf(record: LogRecord): fc.Arbitrary<string> {
  const stack = record.attributes.get('exception.stacktrace');
  return fc
    .tuple(fc.constantFrom(valueText(record.body), valueText(stack ?? 'absent')), changed)
    .chain(([text, change]) => piece(text).map(change));
}

const piece = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat({ max: text.length }), fc.integer({ min: 1, max: 24 }))
    .map(([start, length]) => text.slice(start, start + length));

const changed = fc.constantFrom<((text: string) => string)[]>(
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => `${text}7`,
);

/** A test of a field that the record, or one that is like it, passes. */
function testOf(record: LogRecord, field: Field): fc.Arbitrary<Query> {
  const values = valuesOf(record, field);
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...values) },
    fc.constantFrom<AnyValue>('true', 'false', '5', '-0', '0', 'NaN', 'Infinity', '1e+21', 5n, 0.5, 2n ** 62n),
  );
  const text = fc.tuple(value.map(textOf), changed).map(([each, change]) => change(each));
  const test: fc.Arbitrary<FieldTest> = fc.oneof(
    { weight: 4, arbitrary: text.map((each): FieldTest => ({ op: 'equals', value: each })) },
    fc
      .tuple(text, fc.nat({ max: 5 }))
      .map(([each, length]): FieldTest => ({ op: 'prefix', value: each.slice(0, length) })),
    fc.constant<FieldTest>({ op: 'present' }),
    fc.tuple(comparison, value).map(([op, each]): FieldTest => ({ op, value: numberIn(each) })),
  );
  return test.map((each): Query => ({ type: 'field', field, test: each }));
}

function valuesOf(record: LogRecord, field: Field): AnyValue[] {
  const value =
    field.kind === 'named'
      ? [
          record.service,
          record.logger,
          record.traceId,
          record.spanId,
          record.eventName,
          valueText(record.body),
          '7',
          '9',
        ]
      : (field.kind === 'resource' ? record.resource : record).attributes.get(field.key);
  const values: readonly AnyValue[] = Array.isArray(value) ? value : [value ?? 'absent'];
  return values.length > 0 ? [...values] : ['absent'];
}

const textOf = (value: AnyValue): string => (value === null ? '' : scalarText(value));

function numberIn(value: AnyValue): number | bigint {
  if (typeof value === 'bigint') return value;
  const number = Number(typeof value === 'string' || typeof value === 'number' ? value : 5);
  return Number.isFinite(number) && number !== 0 ? number : 0;
}
