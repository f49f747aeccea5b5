import * as fc from 'fast-check';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { Block } from '../../receiver/store/embedded/block/block.ts';
import { readBlockHeader } from '../../receiver/store/embedded/block/block-header.ts';
import type { BlockSource, SectionName } from '../../receiver/store/embedded/block/block-source.ts';
import { buildBlock, type EncodedBlock } from '../../receiver/store/embedded/block/build-block.ts';
import { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { encodeRecords } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { recordArbitrary } from './arbitraries.ts';
import { chunkParts } from './chunk-parts.ts';
import { DAY, NOON } from './records.ts';

const MIDNIGHT = NOON - (NOON % DAY);

/** Text of whatever is in strings: lone surrogates, characters whose lower case is longer, numbers. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('\ud800x', 'İstanbul', 'K', 'order 5 of 7', 'order 05 of 700', '-0', '1e3', '0.10', 'deadbeef01'),
);

const number: fc.Arbitrary<AnyValue> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -300n, max: 300n }),
  fc.integer({ min: -3000, max: 3000 }).map((value) => value / 100),
  fc.double(),
  fc.constantFrom(-0, 0, Number.NaN, Number.MIN_VALUE, Number.MAX_VALUE, Number.NEGATIVE_INFINITY, 2 ** 51, 0.1 + 0.2),
  fc.constantFrom(2n ** 51n, 2n ** 51n - 1n, -(2n ** 51n) + 1n, 2n ** 53n + 1n),
);

const id = (digits: number) =>
  fc.oneof(
    fc.constant(''),
    fc.constant('ab'.repeat(digits / 2)),
    fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)),
  );

/** Records of one day that have all there is to keep, in ways that columns might get wrong. */
export const dayRecordArbitrary: fc.Arbitrary<LogRecord> = fc
  .record({
    base: recordArbitrary,
    time: fc.oneof(
      fc.bigInt({ min: 0n, max: DAY - 1n }),
      fc.bigInt({ min: 0n, max: 3n }).map((step) => DAY / 2n + step * 1_000_000n),
    ),
    observed: fc.oneof(
      fc.bigInt({ min: -5n, max: 900n }).map((delay) => MIDNIGHT + DAY / 2n + delay * 1_000_000n),
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    ),
    body: fc.option(fc.oneof(anyText, number), { nil: undefined }),
    extra: fc.dictionary(fc.constantFrom('n', 'k', 'm', 'exception.stacktrace'), fc.oneof(anyText, number), {
      maxKeys: 3,
    }),
    traceId: id(32),
    spanId: id(16),
    flags: fc.constantFrom(0, 0, 1, 255),
    dropped: fc.constantFrom(0, 0, 1, 2 ** 32 - 1),
    eventName: fc.oneof(fc.constant(''), fc.constant(''), anyText),
  })
  .map(({ base, time, observed, body, extra, traceId, spanId, flags, dropped, eventName }) => ({
    ...base,
    timestamp: MIDNIGHT + time,
    observedTimestamp: observed,
    body: body ?? base.body,
    attributes: new Map([...base.attributes, ...Object.entries(extra)]),
    traceId,
    spanId,
    flags,
    eventName,
    droppedAttributesCount: dropped,
  }));

/** Records, all of one day, as a chunk whose sequences are their order from 1. */
export function chunkOf(records: readonly LogRecord[]): Chunk {
  const chunk = Chunk.read(encodeRecords(records));
  for (let row = 0; row < chunk.size; row++) chunk.setSequence(row, row + 1);
  return chunk;
}

/** The chunk as a block, whose day has the chunk's tables. */
export function encodeBlock(chunk: Chunk): EncodedBlock {
  const same = (place: number) => place;
  return buildBlock(chunk, { logger: same, severity: same, resource: same, scope: same });
}

/** Opens a chunk's block; `damaged` replaces some of its bytes. */
export function openBlock(
  chunk: Chunk,
  encoded: EncodedBlock = encodeBlock(chunk),
  damaged: Partial<Record<SectionName | 'header', Uint8Array>> = {},
): Block {
  const source: BlockSource = {
    day: chunk.day(0),
    parts: chunkParts(chunk),
    section: (name) => damaged[name] ?? encoded[name],
  };
  return new Block(source, readBlockHeader(damaged.header ?? encoded.header));
}

/** A record's fields, for comparing one with another of a different class. */
export function fieldsOf(record: LogRecord): LogRecord & { readonly attributeList: unknown } {
  return { ...ownFieldsOf(record), attributeList: [...record.attributes] };
}

/** A record's fields and no others, listed here once more so that no field can be lost on both sides of a comparison. */
export function ownFieldsOf(record: LogRecord): LogRecord {
  const { timestamp, observedTimestamp, severityNumber, severityText, service, logger, body } = record;
  const { resource, scope, traceId, spanId, flags, eventName, droppedAttributesCount } = record;
  return {
    ...{ timestamp, observedTimestamp, severityNumber, severityText, service, logger, body },
    ...{ resource, scope, traceId, spanId, flags, eventName, droppedAttributesCount },
    attributes: new Map(record.attributes),
  };
}
