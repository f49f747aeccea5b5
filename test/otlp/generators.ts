import fc from 'fast-check';

/** Random requests in protobufjs' object form: bytes as Uint8Array, 64-bit integers as strings. */

const keys = fc.oneof(
  fc.constantFrom('', '__proto__', 'constructor', 'toString', 'http.route', '0', 'é', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.constantFrom('', '\u0000', '\ufffd', '\u2028"\\'),
);
const int64s = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 53n + 1n, 127n, 128n),
);
const times = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(0n, 2n ** 63n - 1n, 2n ** 63n));
const uint32s = fc.oneof(fc.nat({ max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
const blobs = fc.uint8Array({ maxLength: 40 });

const { value } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({}),
    texts.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64s.map((intValue) => ({ intValue: intValue.toString() })),
    fc.double().map((doubleValue) => ({ doubleValue })),
    blobs.map((bytesValue) => ({ bytesValue })),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: keys, value: tie('value') }, { requiredKeys: [] }), { maxLength: 4 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));

const keyValues = fc.array(fc.record({ key: keys, value }, { requiredKeys: [] }), { maxLength: 5 });

const logRecord = fc.record(
  {
    timeUnixNano: times.map(String),
    observedTimeUnixNano: times.map(String),
    severityNumber: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    severityText: texts,
    body: value,
    attributes: keyValues,
    droppedAttributesCount: uint32s,
    flags: uint32s,
    traceId: fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), blobs),
    spanId: fc.oneof(fc.uint8Array({ minLength: 8, maxLength: 8 }), blobs),
    eventName: texts,
  },
  { requiredKeys: [] },
);

const scopeLogs = fc.record(
  {
    scope: fc.record(
      { name: texts, version: texts, attributes: keyValues, droppedAttributesCount: uint32s },
      { requiredKeys: [] },
    ),
    logRecords: fc.array(logRecord, { maxLength: 4 }),
    schemaUrl: texts,
  },
  { requiredKeys: [] },
);

const resourceLogs = fc.record(
  {
    resource: fc.record({ attributes: keyValues, droppedAttributesCount: uint32s }, { requiredKeys: [] }),
    scopeLogs: fc.array(scopeLogs, { maxLength: 3 }),
    schemaUrl: texts,
  },
  { requiredKeys: [] },
);

/** A random ExportLogsServiceRequest. */
export const requests = fc.record({ resourceLogs: fc.array(resourceLogs, { maxLength: 3 }) }, { requiredKeys: [] });
