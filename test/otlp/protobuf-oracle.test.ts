import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedError } from '../../receiver/otlp/decode/errors.ts';
import { fromProtobuf, recordsOf } from './decoding.ts';
import { ExportRequest } from './definitions.ts';
import { expectedRecords } from './expected.ts';
import { requests } from './generators.ts';

test('O42 O44 O47 O48 random requests decode to what protobufjs reads from the same definitions', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const bytes = Buffer.from(ExportRequest.encode(ExportRequest.fromObject(request)).finish());
      const oracle = ExportRequest.toObject(ExportRequest.decode(bytes), { longs: String });
      expect(recordsOf(fromProtobuf(bytes))).toEqual(expectedRecords(oracle));
    }),
    { numRuns: 500 },
  );
});

test('O24 every truncation of a request decodes or is malformed, and nothing else', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const bytes = Buffer.from(ExportRequest.encode(ExportRequest.fromObject(request)).finish());
      for (let end = 0; end < bytes.length; end++) expectDecodedOrMalformed(bytes.subarray(0, end));
    }),
    { numRuns: 30 },
  );
});

test('O24 random bytes, and requests with bytes changed, decode or are malformed, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectDecodedOrMalformed(Buffer.from(bytes))),
    { numRuns: 2000 },
  );
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(requests, changes, (request, changed) => {
      const bytes = Buffer.from(ExportRequest.encode(ExportRequest.fromObject(request)).finish());
      if (bytes.length === 0) return;
      for (const [at, byte] of changed) bytes[at % bytes.length] = byte;
      expectDecodedOrMalformed(bytes);
    }),
    { numRuns: 1000 },
  );
});

test('O51 fields in any order: the resource and the scope after their records', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const message = ExportRequest.fromObject(request) as unknown as Reorderable;
      const reordered = Buffer.concat(message.resourceLogs.map(resourceLast));
      const oracle = ExportRequest.toObject(ExportRequest.decode(reordered), { longs: String });
      expect(recordsOf(fromProtobuf(reordered))).toEqual(expectedRecords(oracle));
    }),
  );
});

interface Reorderable {
  readonly resourceLogs: { resource?: object; scopeLogs: object[]; schemaUrl: string }[];
}

/** Protobuf messages concatenated are merged: one ResourceLogs of two encodings, what belongs first put last. */
function resourceLast(resourceLogs: Reorderable['resourceLogs'][number]): Buffer {
  const { scopeLogs, ...rest } = resourceLogs;
  const encodeOne = (part: object) => {
    const type = ExportRequest.root.lookupType('opentelemetry.proto.logs.v1.ResourceLogs');
    return Buffer.from(type.encode(type.create(part)).finish());
  };
  const content = Buffer.concat([encodeOne({ scopeLogs }), encodeOne(rest)]);
  const length: number[] = [];
  for (let left = content.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), content]);
}

function expectDecodedOrMalformed(bytes: Buffer): void {
  try {
    fromProtobuf(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError);
  }
}
