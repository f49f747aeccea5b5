import * as fc from 'fast-check';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { encodeRecords } from '../../receiver/store/embedded/chunk/encode-append.ts';

/** Texts of any UTF-16 units, lone surrogates included, of lengths around those that the codec treats apart. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
  fc
    .tuple(fc.constantFrom('a', 'é', '€', '👩', '\ud800'), fc.constantFrom(1, 10, 11, 31, 32, 63, 64, 8191, 8192))
    .map(([unit, count]) => unit.repeat(count)),
);

/** Values of every kind, nested a little. */
export const { value: anyValue } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    text,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, 2n ** 51n, -(2n ** 51n), 2n ** 51n - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
    fc.double(),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));
/** Few keys, so that shapes begin alike, and some that begin nothing. */
const key = fc.oneof(fc.constantFrom('', 'a', 'b', 'c', '__proto__', 'log.record.uid', 'exception.stacktrace'), text);
const keyValues = fc.array(fc.tuple(key, anyValue), { maxLength: 5 }).map((pairs) => new Map(pairs));
const hex = (digits: number) =>
  fc.oneof(
    fc.constant(''),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits }),
  );
const count = fc.nat({ max: 0xffff_ffff });
const time = fc.oneof(
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
  // Around the bounds of days.
  fc
    .tuple(fc.bigInt({ min: 1n, max: 106_750n }), fc.bigInt({ min: -3n, max: 3n }))
    .map(([day, rest]) => day * 86_400_000_000_000n + rest),
);

/** Records with anything in any of their parts. */
export const anyRecord: fc.Arbitrary<LogRecord> = fc.record({
  timestamp: time,
  observedTimestamp: time,
  severityNumber: fc.integer({ min: -5, max: 200 }),
  severityText: text,
  service: text,
  logger: text,
  body: anyValue,
  attributes: keyValues,
  resource: fc.record({ attributes: keyValues, droppedAttributesCount: count, schemaUrl: text }),
  scope: fc.record({
    name: text,
    version: text,
    attributes: keyValues,
    droppedAttributesCount: count,
    schemaUrl: text,
  }),
  traceId: hex(32),
  spanId: hex(16),
  flags: fc.nat({ max: 255 }),
  eventName: text,
  droppedAttributesCount: count,
});

/** A chunk of these records with the sequences `first`, `first + 1`, … */
export function chunkOf(records: readonly LogRecord[], first = 1): Chunk {
  const chunk = Chunk.read(encodeRecords(records));
  records.forEach((_, row) => {
    chunk.setSequence(row, first + row);
  });
  return chunk;
}

/** A record's parts, values as `exactly` gives them: `toEqual` takes -0 for 0 and maps of any order for equal. */
export function plain(record: LogRecord): unknown {
  const { resource, scope } = record;
  return {
    timestamp: record.timestamp,
    observedTimestamp: record.observedTimestamp,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    service: record.service,
    logger: record.logger,
    body: exactly(record.body),
    attributes: exactly(record.attributes),
    resource: { ...resource, attributes: exactly(resource.attributes) },
    scope: { ...scope, attributes: exactly(scope.attributes) },
    traceId: record.traceId,
    spanId: record.spanId,
    flags: record.flags,
    eventName: record.eventName,
    droppedAttributesCount: record.droppedAttributesCount,
  };
}

/** A value in a form that tells -0 from 0 and compares the order of keys. */
export function exactly(value: AnyValue | undefined): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(exactly);
  if (typeof value === 'object' && value !== null) {
    return { pairs: [...(value as ReadonlyMap<string, AnyValue>)].map(([key, inner]) => [key, exactly(inner)]) };
  }
  return Object.is(value, -0) ? 'minus zero' : value;
}
