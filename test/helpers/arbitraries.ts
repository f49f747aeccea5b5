import * as fc from 'fast-check';
import { type Field, type FieldTest, MATCH_ALL, NAMED_FIELDS, type Query } from '../../receiver/query/tree.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { DAY, logRecord, NOON } from './records.ts';

/** Few words, so that random queries meet random records; among them all that a query language or SQL could trip over. */
const WORDS = [
  'refused',
  'Refused',
  'a.b(',
  '%',
  '_',
  '\\',
  '"',
  "'",
  '*',
  'ΟΔΟΣ',
  'οδός',
  '👩‍👩‍👧',
  'x',
  '-5',
  'OR',
  '',
];
const SERVICES = ['shop', 'billing', 'unknown_service'];
const LOGGERS = ['shop.cart', 'shop.pay', 'Shop.cart', 'shop'];
const SEVERITY_TEXTS = ['', '', 'error', 'ERROR', 'AUDIT', 'Warn', 'Information'];
const EVENTS = ['', '', 'logvitals.audit', 'logvitals.event'];
const TRACES = ['', '', '0af7651916cd43dd8448eb211c80319c', '1af7651916cd43dd8448eb211c80319c'];
const SPANS = ['', 'b7ad6b7169203331'];
const KEYS = [
  'k',
  'K',
  'http.response.status_code',
  '__proto__',
  'constructor',
  'level',
  'a key: "odd"*',
  'exception.stacktrace',
  'logvitals.group.id',
  'user.id',
  'enduser.id',
  'logvitals.audit.action',
  'logvitals.audit.tool',
  'logvitals.object.type',
  'logvitals.object.id',
];
const NUMBERS = [-1, 0, 0.5, 5, 404, 500, 2 ** 53];

const word = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ unit: 'binary', maxLength: 4 }));

const scalar: fc.Arbitrary<AnyValue> = fc.oneof(
  { weight: 3, arbitrary: word },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...NUMBERS).map((number) => (Number.isInteger(number) ? BigInt(number) : number)),
  },
  fc.constantFrom(...NUMBERS).map(String),
  fc.constantFrom(...NUMBERS),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.uint8Array({ maxLength: 3 }),
);

/** Values of every AnyValue kind, nested a little. */
const { value: anyValue } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  ),
}));

const keyValues = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), anyValue), { maxLength: 4 })
  .map((pairs) => new Map(pairs));

const body = fc.oneof(
  { weight: 4, arbitrary: fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')) },
  anyValue,
);

/** Times over a few days, many of them the same or a nanosecond apart. */
export const timeArbitrary: fc.Arbitrary<bigint> = fc
  .tuple(fc.bigInt({ min: -3n, max: 3n }), fc.constantFrom(-1n, 0n, 0n, 1n, DAY / 48n))
  .map(([days, rest]) => NOON + days * (DAY / 2n) + rest);

/** Records that random queries have a fair chance to match. */
export const recordArbitrary: fc.Arbitrary<LogRecord> = fc
  .record({
    timestamp: timeArbitrary,
    severityNumber: fc.constantFrom(0, 1, 5, 9, 10, 12, 13, 16, 17, 20, 21, 24, 99),
    severityText: fc.constantFrom(...SEVERITY_TEXTS),
    service: fc.constantFrom(...SERVICES),
    logger: fc.constantFrom(...LOGGERS),
    body,
    attributes: keyValues,
    resource: fc.record({ attributes: keyValues }),
    traceId: fc.constantFrom(...TRACES),
    spanId: fc.constantFrom(...SPANS),
    eventName: fc.constantFrom(...EVENTS),
  })
  .map(logRecord);

/** Fields of every kind; among them all that random records have. */
export const fieldArbitrary: fc.Arbitrary<Field> = fc.oneof(
  fc.constantFrom(...NAMED_FIELDS).map((name): Field => ({ kind: 'named', name })),
  fc.constantFrom(...KEYS).map((key): Field => ({ kind: 'attribute', key })),
  fc.constantFrom(...KEYS).map((key): Field => ({ kind: 'resource', key })),
  fc.string({ unit: 'binary', maxLength: 4 }).map((key): Field => ({ kind: 'attribute', key })),
);

const fieldValue = fc.oneof(
  word,
  fc.constantFrom(...SERVICES, ...LOGGERS, ...SEVERITY_TEXTS, ...EVENTS, ...TRACES, ...SPANS, ...NUMBERS.map(String)),
  fc.constantFrom('true', 'NaN', 'info', 'FATAL', 'unspecified', '9223372036854775807', '{"kvlist', 'AQ=='),
);

const comparison = fc.constantFrom('<', '<=', '>', '>=');

const fieldTest: fc.Arbitrary<FieldTest> = fc.oneof(
  { weight: 3, arbitrary: fieldValue.map((value): FieldTest => ({ op: 'equals', value })) },
  fieldValue.map((value): FieldTest => ({ op: 'prefix', value: value.slice(0, 3) })),
  fc.constant<FieldTest>({ op: 'present' }),
  fc
    .tuple(
      comparison,
      fc.oneof(
        fc.constantFrom(...NUMBERS, 2n ** 53n + 1n, 2n ** 63n - 1n),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
    )
    .map(([op, value]): FieldTest => ({ op, value: value === 0 ? 0 : value })),
);

const term: fc.Arbitrary<Query> = fc.oneof(
  {
    weight: 3,
    arbitrary: word.filter((text) => text !== '').map((text): Query => ({ type: 'text', text })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ field: fieldArbitrary, test: fieldTest })
      // Levels are compared by name, below.
      .filter(({ field, test }) => !(field.kind === 'named' && field.name === 'level' && /^[<>]/.test(test.op)))
      .map((query): Query => ({ type: 'field', ...query })),
  },
  fc
    .record({ op: comparison, level: fc.constantFrom('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL') })
    .map((query): Query => ({ type: 'level', ...query })),
  fc.constant(MATCH_ALL),
);

/** Trees that a text can stand for: no empty words, joints of two terms or more. */
export const { query: queryArbitrary } = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: term },
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((terms): Query => ({ type: 'and', terms })),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((terms): Query => ({ type: 'or', terms })),
    tie('query').map((query): Query => ({ type: 'not', term: query })),
  ),
}));
