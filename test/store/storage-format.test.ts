/** docs/storage-format.md, held beside the store by a reader that was written from that page alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import type { AnyValue, KeyValueList } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { fileNameOf } from '../../receiver/store/embedded/day.ts';
import { batch, DAY, NOON } from '../helpers/records.ts';
import { anyRecord, exactly } from './chunk-records.ts';
import { mayHoldText, mayHoldTrace, mayHoldValue, readFilters } from './format-filters.ts';
import { type ReadRecord, readDay } from './format-reader.ts';
import { NOW, writerFolder } from './writer-folder.ts';

/** What the page says a record is, of a record as it was appended; `sequence` is its number in its day. */
function expected(record: LogRecord, sequence: number): ReadRecord {
  const { timestamp, observedTimestamp, severityNumber, severityText, service, logger, body, attributes } = record;
  const { traceId, spanId, flags, eventName, droppedAttributesCount } = record;
  return {
    id: `${timestamp.toString(16).padStart(16, '0')}-${sequence.toString(16).padStart(10, '0')}`,
    timestamp,
    observedTimestamp,
    severityNumber,
    severityText,
    service,
    logger,
    body,
    attributes: new Map(attributes),
    resource: new Map(record.resource.attributes),
    scopeName: record.scope.name,
    traceId,
    spanId,
    flags,
    eventName,
    droppedAttributesCount,
  };
}

const byId = (one: ReadRecord, other: ReadRecord): number => (one.id < other.id ? -1 : 1);

/** Tells the order of keys and the sign of 0 too. */
const inOrder = (record: ReadRecord): unknown => ({
  ...record,
  body: exactly(record.body as AnyValue),
  attributes: exactly(record.attributes as KeyValueList),
  resource: exactly(record.resource as KeyValueList),
});

const DAY_FILE = fileNameOf(Number(NOON / DAY));

/** A closed folder of NOON's day, all hot or as much sealed as ever. */
async function storedFolder(records: readonly LogRecord[], { sealed }: { readonly sealed: boolean }) {
  const folder = await writerFolder();
  const writer = folder.open();
  for (let index = 0; index < records.length; index += 50) {
    writer.append(encodeAppend([batch(records.slice(index, index + 50))], NOW));
  }
  if (sealed) folder.clock.now += 2 * Number(DAY / 1_000_000n);
  if (sealed) while (writer.step());
  folder.close(writer);
  return folder;
}

/** The day's records as the page's reader sees them. */
async function storedAndRead(records: readonly LogRecord[], state: { readonly sealed: boolean }) {
  await using folder = await storedFolder(records, state);
  return readDay(join(folder.directory, DAY_FILE));
}

describe('docs/storage-format.md is enough to read', () => {
  test.each([
    ['hot records', false],
    ['sealed records', true],
  ])('%s of ordinary traffic', async (_, sealed) => {
    const to = NOON - (NOON % DAY) + DAY;
    const records = generateTraffic({ seed: 5, from: to - DAY, to, recordsPerDay: 1200 }).toArray();
    const read = await storedAndRead(records, { sealed });
    expect(read).toHaveLength(records.length);
    expect(read).toEqual(records.map((record, index) => expected(record, index + 1)).sort(byId));
  });

  test.each([
    ['hot', false],
    ['sealed', true],
  ])('whatever a record may hold, %s', async (_, sealed) => {
    const withinDay = fc.tuple(anyRecord, fc.nat({ max: 1000 })).map(([record, distance]) => ({
      ...record,
      timestamp: NOON + BigInt(distance),
      // Names are well-formed by the time they are stored.
      service: record.service.toWellFormed(),
      logger: record.logger.toWellFormed(),
      severityText: record.severityText.toWellFormed(),
      attributes: new Map([...record.attributes].filter(([key]) => key !== 'log.record.uid')),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(withinDay, { minLength: 1, maxLength: 80 }), async (records) => {
        const read = await storedAndRead(records, { sealed });
        const appended = records.map((record, index) => expected(record, index + 1)).sort(byId);
        expect(read.map(inOrder)).toEqual(appended.map(inOrder));
      }),
      // Each run writes a folder: a failure is told as it is, for making it smaller would take minutes.
      { numRuns: 25, endOnFailure: true },
    );
  });
});

test('filters hold what the page says they hold', async () => {
  const to = NOON - (NOON % DAY) + DAY;
  const records = generateTraffic({ seed: 6, from: to - DAY, to, recordsPerDay: 600 }).toArray();
  await using folder = await storedFolder(records, { sealed: true });
  const filters = readFilters(join(folder.directory, DAY_FILE));
  const held = (isIn: (filter: (typeof filters)[number]) => boolean) => filters.filter(isIn).length;
  for (const { body, attributes, traceId } of records) {
    for (const gram of String(body).match(/.{5}/gs)!) {
      expect(held(({ texts }) => mayHoldText(texts, gram.toLowerCase()))).toBeGreaterThan(0);
    }
    for (const [key, value] of attributes) {
      if (typeof value === 'string' || typeof value === 'bigint')
        expect(held(({ keys }) => mayHoldValue(keys, key, String(value)))).toBeGreaterThan(0);
    }
    if (traceId !== '') expect(held(({ keys }) => mayHoldTrace(keys, traceId))).toBeGreaterThan(0);
  }
  const nowhere = Array.from({ length: 200 }, (_, index) => `qzx${index}wvk`);
  const passed = nowhere.flatMap((word) => [
    held(({ texts }) => mayHoldText(texts, word)),
    held(({ keys }) => mayHoldValue(keys, 'user.id', word)),
  ]);
  expect(passed.reduce((sum, each) => sum + each)).toBeLessThan(nowhere.length * filters.length * 0.05);
});

test('the reader of the page imports nothing of the product', () => {
  const files = ['format-reader.ts', 'format-columns.ts', 'format-filters.ts'];
  const sources = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n');
  const imports = new Set([...sources.matchAll(/from '([^']+)'/g)].map(([, from]) => from));
  expect([...imports].sort()).toEqual(['./format-columns.ts', 'node:sqlite', 'node:zlib']);
});
