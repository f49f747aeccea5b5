import { expect, test } from 'vitest';
import { MalformedError, TooLargeError } from '../../receiver/otlp/decode/errors.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { DraftRecord } from '../../receiver/record/draft.ts';
import { fromJson, recordsOf } from './decoding.ts';
import { ExportRequest } from './definitions.ts';

/** The text of a request with these log records, given as JSON texts. */
const requestText = (...records: string[]) =>
  `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},` +
  `"scopeLogs":[{"scope":{"name":"l"},"logRecords":[${records.join(',')}]}]}]}`;

const readRecord = (record: string): DraftRecord => recordsOf(fromJson(requestText(record)))[0]!;
const readBody = (value: string): AnyValue => readRecord(`{"body":${value}}`).body;
const faultOf = (record: string): string => fromJson(requestText(record)).firstFault;

test('O33 ids are hex in either case, never base64', () => {
  const hex = '0AF7651916cd43dd8448eb211c80319c';
  expect(readRecord(`{"traceId":"${hex}","spanId":"B7AD6B7169203331"}`)).toMatchObject({
    traceId: hex.toLowerCase(),
    spanId: 'b7ad6b7169203331',
  });
  expect(faultOf('{"traceId":"CvdlGRbNQ92ESOshHIAxnA=="}')).toContain('is not hex');
});

test('O46 ids of another length, empty or all zero are dropped, their records kept', () => {
  for (const id of ['', 'abc', '00'.repeat(16), 'ab'.repeat(17)]) {
    expect(readRecord(`{"traceId":"${id}","spanId":"${id}"}`)).toMatchObject({ traceId: '', spanId: '' });
  }
});

test('O34 O42 64-bit values as string or number are exact', () => {
  const record = readRecord('{"timeUnixNano":"1700000000123456789","observedTimeUnixNano":1700000000123456789}');
  expect(record).toMatchObject({
    timestamp: 1_700_000_000_123_456_789n,
    observedTimestamp: 1_700_000_000_123_456_789n,
  });
  expect(readBody('{"intValue":9223372036854775807}')).toBe(2n ** 63n - 1n);
  expect(readBody('{"intValue":"-9223372036854775808"}')).toBe(-(2n ** 63n));
  expect(readBody('{"intValue":1e3}')).toBe(1000n);
  expect(readBody('{"intValue":5.0}')).toBe(5n);
});

test('O35 what the JavaScript exporter writes for odd numbers does not fail', () => {
  expect(readBody('{"intValue":1e+300}')).toBe(1e300);
  expect(readBody('{"intValue":9223372036854776000}')).toBe(9223372036854776000);
  expect(readBody('{"doubleValue":null}')).toBe(null);
  expect(readBody('{"doubleValue":"NaN"}')).toBe(Number.NaN);
  expect(readBody('{"doubleValue":"-Infinity"}')).toBe(Number.NEGATIVE_INFINITY);
  expect(readBody('{"doubleValue":"Infinity"}')).toBe(Number.POSITIVE_INFINITY);
  expect(readBody('{"doubleValue":"1.5"}')).toBe(1.5);
  expect(readBody('{"doubleValue":-0}')).toBe(-0);
});

test('O36 enums as integers, as names, as numbers in strings', () => {
  const severities = ['9', '"9"', '"SEVERITY_NUMBER_ERROR4"', '"SEVERITY_NUMBER_UNSPECIFIED"', '99', 'null'];
  expect(severities.map((severity) => readRecord(`{"severityNumber":${severity}}`).severityNumber)).toEqual([
    9, 9, 20, 0, 99, 0,
  ]);
  expect(faultOf('{"severityNumber":"LOUD"}')).toContain('severityNumber "LOUD"');
});

test('O36 every name of the enum means its number', () => {
  const { values } = ExportRequest.root.lookupEnum('opentelemetry.proto.logs.v1.SeverityNumber');
  expect(Object.keys(values).length).toBe(25);
  for (const [name, number] of Object.entries(values)) {
    expect(readRecord(`{"severityNumber":"${name}"}`).severityNumber).toBe(number);
  }
});

test('O37 unknown fields of any shape are passed over, on every level', () => {
  const unknown = '"unknown":{"a":[1,{"b":null},"c\\"d",true,[]],"e":{}}';
  const text =
    `{${unknown},"resourceLogs":[{${unknown},"resource":{${unknown},"entityRefs":[{"type":"service"}]},"scopeLogs":[{${unknown},` +
    `"scope":{${unknown},"name":"l"},"logRecords":[{${unknown},"body":{${unknown},"stringValue":"b"},` +
    `"attributes":[{${unknown},"key":"k","value":{"kvlistValue":{${unknown},"values":[]}}}]}]}]}]}`;
  const [record] = recordsOf(fromJson(text));
  expect(record).toMatchObject({ body: 'b', attributes: new Map([['k', new Map()]]) });
});

test('O38 names as in the .proto are accepted too', () => {
  const [record] = recordsOf(
    fromJson(`{"resource_logs":[{"scope_logs":[{"schema_url":"s","log_records":[{"time_unix_nano":"1",
      "observed_time_unix_nano":"2","severity_number":9,"severity_text":"t","dropped_attributes_count":3,
      "trace_id":"${'ab'.repeat(16)}","span_id":"${'cd'.repeat(8)}","event_name":"e",
      "body":{"kvlist_value":{"values":[{"key":"k","value":{"array_value":{"values":[{"string_value":"s"},
      {"bool_value":true},{"int_value":"1"},{"double_value":1.5},{"bytes_value":"AA=="}]}}}]}}}]}],"schema_url":"r"}]}`),
  );
  expect(record).toMatchObject({
    timestamp: 1n,
    observedTimestamp: 2n,
    severityNumber: 9,
    severityText: 't',
    droppedAttributesCount: 3,
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    eventName: 'e',
    body: new Map([['k', ['s', true, 1n, 1.5, new Uint8Array(1)]]]),
    scope: { schemaUrl: 's' },
    resource: { schemaUrl: 'r' },
  });
});

test('O39 bytes are base64, of either alphabet, padded or not', () => {
  const bytes = new Uint8Array([0xfb, 0xff, 0xfe, 0x01]);
  for (const text of ['+//+AQ==', '-__-AQ', '+\\/\\/+AQ==']) {
    expect(readBody(`{"bytesValue":"${text}"}`)).toStrictEqual(bytes);
  }
  expect(readBody('{"bytesValue":""}')).toStrictEqual(new Uint8Array());
});

test.each(['[]', '"text"', '5', 'null', '', '   '])('O40 a top level that is no object is malformed: %s', (text) => {
  expect(() => fromJson(text)).toThrow(MalformedError);
});

test('O16 an empty object, and one of unknown fields, have no records', () => {
  for (const text of [
    '{}',
    ' {"x":1} ',
    '{"resourceLogs":null}',
    '{"resourceLogs":[{"scopeLogs":[{}]}]}',
    '\ufeff{}',
  ]) {
    expect(fromJson(text)).toMatchObject({ accepted: 0, rejectedCount: 0 });
  }
});

test('O44 the Collector leaves defaults out, Rust writes nulls; empty, 0, "" and [] stay distinct', () => {
  expect(readRecord('{"body":{},"attributes":[{"value":{"arrayValue":{}}}]}')).toMatchObject({
    body: null,
    attributes: new Map([['', []]]),
  });
  expect(readRecord('{"body":null,"attributes":null,"traceId":"","timeUnixNano":"0"}')).toMatchObject({
    body: null,
    timestamp: 0n,
  });
  expect(readBody('{"intValue":0}')).toBe(0n);
  expect(readBody('{"stringValue":""}')).toBe('');
  expect(readBody('{"boolValue":false}')).toBe(false);
  expect(readBody('{"kvlistValue":{}}')).toStrictEqual(new Map());
  expect(readBody('{"stringValue":null}')).toBe(null);
});

test('O48 O51 members in any order: resource, scope and schema URLs after the records', () => {
  const [record] = recordsOf(
    fromJson(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}],"schemaUrl":"of scope","scope":{"name":"l","version":"1",
      "attributes":[{"key":"a","value":{"intValue":"1"}}],"droppedAttributesCount":2}}],"schemaUrl":"of resource",
      "resource":{"attributes":[],"droppedAttributesCount":4}}]}`),
  );
  expect(record?.scope).toEqual({
    name: 'l',
    version: '1',
    attributes: new Map([['a', 1n]]),
    droppedAttributesCount: 2,
    schemaUrl: 'of scope',
  });
  expect(record?.resource).toEqual({ attributes: new Map(), droppedAttributesCount: 4, schemaUrl: 'of resource' });
});

test('O50 __proto__ and constructor are ordinary keys', () => {
  const pairs = ['__proto__', 'constructor'].map((key) => `{"key":"${key}","value":{"stringValue":"v"}}`);
  expect([...readRecord(`{"attributes":[${pairs}]}`).attributes]).toEqual([
    ['__proto__', 'v'],
    ['constructor', 'v'],
  ]);
});

test('O52 lone surrogates and invalid UTF-8 become U+FFFD and are counted; pairs are characters', () => {
  const request = fromJson(
    requestText('{"body":{"stringValue":"a\\ud800b"}}', '{"body":{"stringValue":"\\ud83d\\ude00"}}'),
  );
  expect(recordsOf(request).map((record) => record.body)).toEqual(['a\ufffdb', '😀']);
  expect(request.invalidTexts).toBe(1);
  const bytes = Buffer.from(requestText('{"body":{"stringValue":"a?b"}}'));
  bytes[bytes.indexOf('?')] = 0xff;
  const invalid = fromJson(bytes);
  expect(recordsOf(invalid)[0]?.body).toBe('a\ufffdb');
  expect(invalid.invalidTexts).toBe(1);
});

test('O53 64 levels of nesting are read, 65 are refused, and so are unknown fields without end', () => {
  const nested = (depth: number) => '{"arrayValue":{"values":['.repeat(depth) + ']}}'.repeat(depth);
  let depth = 0;
  for (let value = readBody(nested(64)); Array.isArray(value); value = value[0]) depth++;
  expect(depth).toBe(64);
  expect(() => readBody(nested(65))).toThrow(/nested more than 64/);
  expect(() => fromJson(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow(MalformedError);
  expect(() => fromJson(`{"x":${'{"x":'.repeat(100_000)}`)).toThrow(MalformedError);
});

test('O54 long values are cut between characters and marked, escapes or not', () => {
  const limits = { valueBytes: 10 };
  const bodyOf = (json: string) => {
    const request = fromJson(requestText(`{"body":{"stringValue":"${json}"}}`), limits);
    const [record] = recordsOf(request);
    expect(record?.attributes.get('logvitals.truncated')).toEqual(request.truncatedValues ? ['body'] : undefined);
    return record?.body;
  };
  expect(bodyOf('ééééé')).toBe('ééééé');
  expect(bodyOf('éééééé')).toBe('ééééé');
  expect(bodyOf('\\n'.repeat(10))).toBe('\n'.repeat(10));
  expect(bodyOf('\\n'.repeat(11))).toBe('\n'.repeat(10));
  expect(bodyOf('\\u0041'.repeat(1000))).toBe('A'.repeat(10));
  expect(bodyOf(`x${'\\ud83d\\ude00'.repeat(50)}`)).toBe('x😀😀');
  const bytes = Buffer.alloc(100, 7).toString('base64');
  expect(recordsOf(fromJson(requestText(`{"body":{"bytesValue":"${bytes}"}}`), limits))[0]?.body).toEqual(
    new Uint8Array(10).fill(7),
  );
});

test('O54 a long text of escapes is cut like any other, not rejected for the length of its escapes', () => {
  const request = fromJson(requestText(`{"body":{"stringValue":"${'\\u000a'.repeat(2000)}"}}`), {
    valueBytes: 1000,
    recordWeight: 4000,
  });
  expect(recordsOf(request)[0]?.body).toBe('\n'.repeat(1000));
});

test('O35 numbers of unreasonable length are no numbers', () => {
  const digits = '9'.repeat(100_000);
  expect(faultOf(`{"body":{"intValue":"${digits}"}}`)).toContain('is not a number');
  expect(() => readBody(`{"intValue":${digits}}`)).toThrow(MalformedError);
});

test.each([
  ['a record that is no object', '"text"'],
  ['a record that is a list', '[]'],
  ['a body that is no value', '{"body":"plain"}'],
  ['attributes that are no list', '{"attributes":{}}'],
  ['an attribute that is no object', '{"attributes":["a"]}'],
  ['bad base64', '{"body":{"bytesValue":"a*b="}}'],
  ['base64 of an impossible length', '{"body":{"bytesValue":"AAAAA"}}'],
  ['a bad id', '{"traceId":"xyz"}'],
  ['an id that is a number', '{"traceId":5}'],
  ['a bad number', '{"body":{"intValue":"12x"}}'],
  ['a number that is a list', '{"body":{"doubleValue":[]}}'],
  ['a boolean that is a string', '{"body":{"boolValue":"yes"}}'],
  ['a negative time', '{"timeUnixNano":-1}'],
  ['a time with a fraction', '{"timeUnixNano":"1.5"}'],
  ['a time beyond 64 bits', '{"timeUnixNano":"18446744073709551616"}'],
  ['a count that is none', '{"droppedAttributesCount":4294967296}'],
  ['a text that is a number', '{"severityText":5}'],
])('P2 O17 %s rejects that record alone', (_name, record) => {
  const good = '{"body":{"stringValue":"good"}}';
  const request = fromJson(requestText(good, record, good, record));
  expect(recordsOf(request).map(({ body }) => body)).toEqual(['good', 'good']);
  expect(request.rejected).toEqual({ too_large: 0, bad_value: 2 });
  expect(request.firstFault).not.toBe('');
});

test('O17 a wrong resource or scope rejects the records under it', () => {
  const scopeLogs = '{"logRecords":[{},{}]}';
  const request = fromJson(
    `{"resourceLogs":[{"scopeLogs":[${scopeLogs}],"resource":"wrong"},
      {"scopeLogs":[{"scope":5,"logRecords":[{}]},${scopeLogs}]}]}`,
  );
  expect(request.accepted).toBe(2);
  expect(request.rejected.bad_value).toBe(3);
});

test('O17 O54 a record too heavy is rejected alone, unknown fields included', () => {
  const heavy = `{"unknown":[${'0,'.repeat(1000)}0]}`;
  const request = fromJson(requestText('{}', heavy, '{}'), { recordWeight: 5000 });
  expect(request.accepted).toBe(2);
  expect(request.rejected.too_large).toBe(1);
});

test('O10 millions of empty records in few bytes do not fill the memory', () => {
  expect(() => fromJson(requestText(`{}${',{}'.repeat(100_000)}`), { requestWeight: 1 << 20 })).toThrow(TooLargeError);
  expect(() => fromJson(requestText(`0${',0'.repeat(100_000)}`), { requestWeight: 1 << 20 })).toThrow(TooLargeError);
});

test.each([
  ['resourceLogs that are no list', '{"resourceLogs":{}}'],
  ['scopeLogs that are no list', '{"resourceLogs":[{"scopeLogs":5}]}'],
  ['logRecords that are no list', '{"resourceLogs":[{"scopeLogs":[{"logRecords":"x"}]}]}'],
  ['an element that is no object', '{"resourceLogs":[7]}'],
])('O20 %s fail the request: there is nothing to count', (_name, text) => {
  expect(() => fromJson(text)).toThrow();
});
