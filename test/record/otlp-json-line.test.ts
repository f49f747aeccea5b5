import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { toOtlpJson } from '../../receiver/record/otlp-json.ts';
import { toOtlpJsonLine } from '../../receiver/record/otlp-json-line.ts';
import { fromJson, recordsOf } from '../otlp/decoding.ts';

const texts = fc.string({ unit: 'grapheme', maxLength: 30 });

const { value } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    texts,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(texts, tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  ),
}));

const attributes = fc
  .array(fc.tuple(fc.oneof(texts, fc.constantFrom('__proto__', '')), value), { maxLength: 3 })
  .map((pairs) => new Map(pairs));
const counts = fc.nat({ max: 2 ** 32 - 1 });
const times = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const id = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((content) => (content.some((byte) => byte !== 0) ? Buffer.from(content).toString('hex') : ''));

const records: fc.Arbitrary<LogRecord> = fc.record({
  timestamp: times,
  observedTimestamp: times,
  severityNumber: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  severityText: texts,
  // Derived, and so not a part of what is written.
  service: fc.constant(''),
  logger: fc.constant(''),
  body: value,
  attributes,
  resource: fc.record({ attributes, droppedAttributesCount: counts, schemaUrl: texts }),
  scope: fc.record({ name: texts, version: texts, attributes, droppedAttributesCount: counts, schemaUrl: texts }),
  traceId: fc.oneof(fc.constant(''), id(16)),
  spanId: fc.oneof(fc.constant(''), id(8)),
  flags: fc.nat({ max: 255 }),
  eventName: texts,
  droppedAttributesCount: counts,
});

test('O42 O44 a record written as an OTLP JSON line reads back the same, every kind of value exactly', () => {
  fc.assert(
    fc.property(records, (record) => {
      const line = toOtlpJsonLine(record);
      expect(line).not.toContain('\n');
      expect(recordsOf(fromJson(line))).toEqual([record]);
    }),
    { numRuns: 500 },
  );
});

test('O44 values in OTLP JSON', () => {
  const shapes: [AnyValue, object][] = [
    [null, {}],
    ['', { stringValue: '' }],
    [false, { boolValue: false }],
    [2n ** 63n - 1n, { intValue: '9223372036854775807' }],
    [1.5, { doubleValue: 1.5 }],
    [-0, { doubleValue: '-0' }],
    [Number.NaN, { doubleValue: 'NaN' }],
    [Number.NEGATIVE_INFINITY, { doubleValue: '-Infinity' }],
    [new Uint8Array([1, 2]), { bytesValue: 'AQI=' }],
    [[1n, null], { arrayValue: { values: [{ intValue: '1' }, {}] } }],
    [new Map([['k', 'v']]), { kvlistValue: { values: [{ key: 'k', value: { stringValue: 'v' } }] } }],
  ];
  for (const [given, expected] of shapes) expect(toOtlpJson(given)).toStrictEqual(expected);
});
