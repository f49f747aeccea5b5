import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { rowsOf } from '../../receiver/store/embedded/block/rows-of.ts';
import { chunkOf, dayRecordArbitrary, encodeBlock, fieldsOf, openBlock } from '../helpers/blocks.ts';
import { DAY, logRecord, NOON } from '../helpers/records.ts';

const records = fc.array(dayRecordArbitrary, { minLength: 1, maxLength: 40 });

/** In the order of a block, with the sequences that `chunkOf` gives. */
function inOrder(all: readonly LogRecord[]) {
  return all
    .map((record, index) => ({ record, sequence: index + 1 }))
    .sort((a, b) => Number(a.record.timestamp - b.record.timestamp) || a.sequence - b.sequence);
}

/** A block gives back its records, in order, field by field. */
function expectRecords(all: readonly LogRecord[]): void {
  const block = openBlock(chunkOf(all));
  const expected = inOrder(all);
  expect(block.size).toBe(all.length);
  for (const [row, { record, sequence }] of expected.entries()) {
    const found = block.record(row);
    expect(fieldsOf(found)).toStrictEqual(fieldsOf(record));
    expect(found.position.sequence).toBe(sequence);
    expect([...found.attributes.keys()].map((key) => found.attributes.get(key))).toStrictEqual([
      ...record.attributes.values(),
    ]);
  }
}

describe('a block', () => {
  test('O42 O44 O45 O47 O48 O50 gives back every record as it came, whatever it holds', () => {
    fc.assert(fc.property(records, expectRecords), { numRuns: 150 });
  });

  test('O50 gives back realistic traffic as it came', () => {
    const traffic = generateTraffic({ seed: 3, from: NOON - DAY / 4n, to: NOON + DAY / 4n, recordsPerDay: 5000 });
    expectRecords(traffic.take(3000).toArray());
  });

  test('O50 keeps more sites, keys and texts than a byte can number', () => {
    const all = Array.from({ length: 700 }, (_, index) =>
      logRecord({
        timestamp: NOON + BigInt((index * 7919) % 700),
        logger: `logger ${index % 300}`,
        body: `message ${'x'.repeat(index)}`,
        attributes: { [`key ${index % 400}`]: `value ${index}`, all: `text ${(index * 31) % 350}`, same: 'same' },
        resource: { attributes: { 'host.name': `host ${index % 290}` } },
        eventName: index % 3 === 0 ? `event ${index}` : '',
      }),
    );
    expectRecords(all);
  });

  test('turns into rows again: the same block is built of them', () => {
    fc.assert(
      fc.property(records, (all) => {
        const chunk = chunkOf(all);
        const rows = rowsOf(openBlock(chunk));
        const again = openBlock(rows);
        const once = openBlock(chunk);
        for (let row = 0; row < once.size; row++) {
          expect(fieldsOf(again.record(row))).toStrictEqual(fieldsOf(once.record(row)));
          expect(again.record(row).position).toStrictEqual(once.record(row).position);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('P36 turns some of its rows into rows again', () => {
    const block = openBlock(chunkOf([1n, 3n, 2n].map((time) => logRecord({ timestamp: NOON + time }))));
    const rows = rowsOf(block, [1, 2]);
    expect([rows.timestamp(0), rows.timestamp(1)]).toEqual([NOON + 2n, NOON + 3n]);
    expect([rows.sequence(0), rows.sequence(1)]).toEqual([3, 2]);
  });

  test("says in its header what rules it out: times, sites' ids, keys with the range of their numbers", () => {
    const all = [
      logRecord({ timestamp: NOON, attributes: { n: 5n, t: 'a' } }),
      logRecord({ timestamp: NOON + 9n, attributes: { n: -2.5 } }),
      logRecord({ timestamp: NOON + 4n, logger: 'other', attributes: { n: 2n ** 60n } }),
    ];
    const { header } = openBlock(chunkOf(all));
    expect(header).toMatchObject({ records: 3, minSequence: 1, maxSequence: 3 });
    expect(header.maxTime - header.minTime).toBe(9);
    expect(new Set(header.sites.map((site) => site.logger))).toEqual(new Set([0, 1]));
    const numbers = header.keys.find(({ key }) => key === 'n')!;
    expect(numbers.min).toBe(-2.5);
    expect(numbers.max).toBeGreaterThanOrEqual(2 ** 60);
    expect(header.keys.map(({ key }) => key)).toEqual(['n', 't']);
  });

  test('takes little room for realistic traffic', () => {
    const all = generateTraffic({ seed: 7, from: NOON, to: NOON + DAY / 8n, recordsPerDay: 60_000 })
      .take(4096)
      .toArray();
    const { header, places, ids, body, attributes, textFilter, keyFilter } = encodeBlock(chunkOf(all));
    const bytes = [header, places, ids, body, attributes, textFilter, keyFilter].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    expect(bytes / all.length).toBeLessThan(40);
  });
});
