import { expect, test } from 'vitest';
import { MalformedError, TooLargeError } from '../../receiver/otlp/decode/errors.ts';
import { fromProtobuf, recordsOf } from './decoding.ts';
import { field, fixed64, group, integer, nestedArrays, requestOf, text, varint } from './wire-bytes.ts';

const attribute = (key: string, value: Buffer) => field(6, text(1, key), field(2, value));

test('O16 an empty request has no records', () => {
  expect(recordsOf(fromProtobuf(Buffer.alloc(0)))).toEqual([]);
  expect(recordsOf(fromProtobuf(field(1, field(2))))).toEqual([]);
});

test('O41 O42 times are exact, and absent from 2^63 on', () => {
  const [exact, far] = recordsOf(
    fromProtobuf(
      requestOf(
        Buffer.concat([fixed64(1, 1_700_000_000_123_456_789n), fixed64(11, 2n ** 63n - 1n)]),
        fixed64(1, 2n ** 63n),
      ),
    ),
  );
  expect(exact).toMatchObject({ timestamp: 1_700_000_000_123_456_789n, observedTimestamp: 2n ** 63n - 1n });
  expect(far?.timestamp).toBe(0n);
});

test('O43 severity numbers are kept as sent, 99 and negative ones too', () => {
  const severities = [0, 9, 24, 99, -1].map((number) => integer(2, number));
  expect(recordsOf(fromProtobuf(requestOf(...severities))).map((record) => record.severityNumber)).toEqual([
    0, 9, 24, 99, -1,
  ]);
});

test('O44 empty value, 0, "", false, [] and {} stay distinct', () => {
  const values = {
    none: Buffer.alloc(0),
    zero: integer(3, 0),
    double: Buffer.concat([varint((4 << 3) | 1), Buffer.alloc(8)]),
    text: text(1, ''),
    no: integer(2, 0),
    list: field(5),
    map: field(6),
    bytes: field(7),
  };
  const attributes = Object.entries(values).map(([key, value]) => attribute(key, value));
  const [record] = recordsOf(fromProtobuf(requestOf(Buffer.concat(attributes))));
  expect(Object.fromEntries(record!.attributes)).toStrictEqual({
    none: null,
    zero: 0n,
    double: 0,
    text: '',
    no: false,
    list: [],
    map: new Map(),
    bytes: new Uint8Array(),
  });
});

test('O44 int64 extremes are exact', () => {
  for (const value of [2n ** 63n - 1n, -(2n ** 63n), -1n, 2n ** 53n + 1n, 2n ** 28n, 2n ** 35n - 1n]) {
    expect(recordsOf(fromProtobuf(requestOf(field(5, integer(3, value)))))[0]?.body).toBe(value);
  }
});

test('O46 ids of another length or all zero are dropped, their records kept', () => {
  const id = (bytes: Buffer) => recordsOf(fromProtobuf(requestOf(field(9, bytes))))[0]?.traceId;
  expect(id(Buffer.alloc(16, 0xab))).toBe('ab'.repeat(16));
  expect(id(Buffer.alloc(16))).toBe('');
  expect(id(Buffer.alloc(8, 1))).toBe('');
  expect(id(Buffer.alloc(17, 1))).toBe('');
  expect(recordsOf(fromProtobuf(requestOf(field(10, Buffer.alloc(8, 0xcd)))))[0]?.spanId).toBe('cd'.repeat(8));
});

test('O49 O50 of duplicate keys the last wins; __proto__, constructor and "" are ordinary keys', () => {
  const pairs: [string, string][] = [
    ['k', '1'],
    ['K', '2'],
    ['k', '3'],
    ['__proto__', 'p'],
    ['constructor', 'c'],
    ['', 'e'],
  ];
  const record = Buffer.concat(pairs.map(([key, value]) => attribute(key, text(1, value))));
  expect([...recordsOf(fromProtobuf(requestOf(record)))[0]!.attributes]).toEqual([
    ['k', '3'],
    ['K', '2'],
    ['__proto__', 'p'],
    ['constructor', 'c'],
    ['', 'e'],
  ]);
});

test('O51 unknown fields and groups are passed over, on every level', () => {
  const unknown = Buffer.concat([
    integer(100, -1n),
    fixed64(101, 1n),
    text(102, 'x'),
    Buffer.concat([varint((103 << 3) | 5), Buffer.alloc(4)]),
    group(104, text(1, 'in a group'), group(105, integer(2, 7))),
  ]);
  const value = Buffer.concat([unknown, text(1, 'v'), unknown]);
  const record = Buffer.concat([unknown, field(5, value), unknown, field(6, unknown, text(1, 'k'), field(2, value))]);
  const scope = field(1, unknown, text(1, 'logger'));
  const resource = field(1, field(1, text(1, 'service.name'), field(2, text(1, 's'))), unknown);
  const request = Buffer.concat([unknown, field(1, unknown, resource, field(2, unknown, scope, field(2, record)))]);
  const [decoded] = recordsOf(fromProtobuf(request));
  expect(decoded).toMatchObject({ body: 'v', attributes: new Map([['k', 'v']]) });
  expect(decoded?.scope.name).toBe('logger');
  expect(decoded?.resource.attributes.get('service.name')).toBe('s');
});

test('O51 a known number with another wire type is an unknown field', () => {
  const [record] = recordsOf(fromProtobuf(requestOf(Buffer.concat([text(1, '8 bytes!'), integer(5, 3)]))));
  expect(record).toMatchObject({ timestamp: 0n, body: null });
});

test.each([
  ['field number 0', Buffer.from([0x00, 0x01])],
  ['a lone end of group', varint((9 << 3) | 4)],
  ['a group that ends as another', Buffer.concat([varint((9 << 3) | 3), varint((8 << 3) | 4)])],
  ['a group without an end', varint((9 << 3) | 3)],
  ['wire type 6', varint((9 << 3) | 6)],
  ['a varint of eleven bytes', Buffer.from([0x08, ...Array(10).fill(0xff), 0x01])],
  ['a length beyond the end', Buffer.from([0x0a, 0x05, 0x01])],
  ['a length of 4 GiB', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
  ['a field that leaves its message', field(1, Buffer.from([0x12, 0x7f]))],
  ['a time cut short', requestOf(Buffer.from([0x09, 1, 2, 3]))],
])('O24 malformed: %s', (_name, bytes) => {
  expect(() => fromProtobuf(bytes)).toThrow(MalformedError);
});

test('O52 invalid UTF-8 becomes U+FFFD and is counted; a real U+FFFD is not', () => {
  const request = fromProtobuf(
    requestOf(Buffer.concat([field(5, field(1, Buffer.from([0x61, 0xff, 0x62]))), field(3, Buffer.from([0xc3]))])),
  );
  expect(recordsOf(request)[0]).toMatchObject({ body: 'a\ufffdb', severityText: '\ufffd' });
  expect(request.invalidTexts).toBe(2);
  expect(fromProtobuf(requestOf(field(5, text(1, '\ufffd')))).invalidTexts).toBe(0);
});

test('O53 64 levels of nesting are read, 65 are refused, a hundred thousand too', () => {
  const [record] = recordsOf(fromProtobuf(requestOf(field(5, nestedArrays(64)))));
  let depth = 0;
  for (let value = record?.body; Array.isArray(value); value = value[0]) depth++;
  expect(depth).toBe(64);
  expect(() => fromProtobuf(requestOf(field(5, nestedArrays(65))))).toThrow(/nested more than 64/);
  const groups = Buffer.alloc(100_000, (100 << 3) | 3);
  expect(() => fromProtobuf(groups)).toThrow(MalformedError);
});

test('O54 long values are cut between characters and marked by name', () => {
  const record = Buffer.concat([
    field(5, text(1, 'é'.repeat(60))),
    attribute('long', text(1, 'x'.repeat(200))),
    attribute('in a list', field(5, field(1, field(7, Buffer.alloc(101))))),
    attribute('short', text(1, 'x'.repeat(101 - 2))),
  ]);
  const request = fromProtobuf(requestOf(record), { valueBytes: 99 });
  const [cut] = recordsOf(request);
  expect(cut?.body).toBe('é'.repeat(49));
  expect(cut?.attributes.get('long')).toBe('x'.repeat(99));
  expect(cut?.attributes.get('in a list')).toEqual([new Uint8Array(99)]);
  expect(cut?.attributes.get('short')).toBe('x'.repeat(99));
  expect(cut?.attributes.get('logvitals.truncated')).toEqual(['body', 'long', 'in a list']);
  expect(request.truncatedValues).toBe(3);
});

test('O17 O54 P2 a record too heavy after cutting is rejected alone, and counted', () => {
  const heavy = Buffer.concat(
    Array.from({ length: 40 }, (_, index) => attribute(`k${index}`, text(1, 'x'.repeat(90)))),
  );
  const good = field(5, text(1, 'good'));
  const request = fromProtobuf(requestOf(good, heavy, good, heavy), { valueBytes: 100, recordWeight: 5000 });
  expect(recordsOf(request).map((record) => record.body)).toEqual(['good', 'good']);
  expect(request.rejected).toEqual({ too_large: 2, bad_value: 0 });
  expect(request.firstFault).toContain('larger than 5000 bytes');
});

test('O17 a resource too heavy rejects the records under it, before and after it', () => {
  const heavy = field(1, ...Array.from({ length: 200 }, (_, index) => field(1, text(1, `k${index}`))));
  const records = field(2, field(2), field(2));
  const request = fromProtobuf(Buffer.concat([field(1, records, heavy, records), field(1, records)]), {
    recordWeight: 5000,
  });
  expect(request.accepted).toBe(2);
  expect(request.rejected.too_large).toBe(4);
});

test('O10 millions of empty records or fields in few bytes do not fill the memory', () => {
  const limits = { requestWeight: 1 << 20 };
  const emptyRecords = field(1, field(2, Buffer.alloc(100_000, field(2))));
  expect(() => fromProtobuf(emptyRecords, limits)).toThrow(TooLargeError);
  const emptyScopes = field(1, Buffer.alloc(100_000, field(2)));
  expect(fromProtobuf(emptyScopes, limits).accepted).toBe(0);
  const manyFields = requestOf(Buffer.alloc(200_000, integer(100, 0)));
  expect(fromProtobuf(manyFields, { recordWeight: 1 << 20 }).rejected.too_large).toBe(1);
  const manyValues = requestOf(field(5, field(5, Buffer.alloc(200_000, field(1)))));
  expect(fromProtobuf(manyValues, { recordWeight: 1 << 20 }).rejected.too_large).toBe(1);
});
