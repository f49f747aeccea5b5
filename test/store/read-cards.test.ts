import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelIndexOf } from '../../receiver/record/severity.ts';
import { cellOf } from '../../receiver/store/embedded/counts.ts';
import { dayOf, QUARTER_LENGTH, startOf } from '../../receiver/store/embedded/day.ts';
import { readCards } from '../../receiver/store/embedded/read/cards.ts';
import { cellTargets, Slots, slotAt } from '../../receiver/store/embedded/read/slots.ts';
import type { CardsRequest, LogStore } from '../../receiver/store/store.ts';
import { batch, DAY, logRecord, NOON } from '../helpers/records.ts';
import { createMemoryStore } from './memory-store.ts';
import { readerFolder, unhurried } from './reader-folder.ts';

const QUARTER = BigInt(QUARTER_LENGTH);

/** Times of three days, near quarters of an hour and anywhere. */
const time = fc.oneof(
  fc
    .tuple(fc.integer({ min: -96 * 2, max: 48 }), fc.constantFrom(-1n, 0n, 1n))
    .map(([quarter, offset]) => NOON + BigInt(quarter) * QUARTER + offset),
  fc.bigInt({ min: NOON - 2n * DAY, max: NOON + DAY / 2n }),
);
const boundaries = fc
  .uniqueArray(time, { minLength: 2, maxLength: 7 })
  .map((times) => times.toSorted((a, b) => (a < b ? -1 : 1)));

describe('slots', () => {
  test('P17 P20 a day’s times and kept counts belong to the slots their timestamps do', () => {
    fc.assert(
      fc.property(boundaries, time, fc.nat({ max: 24 }), (ends, timestamp, severity) => {
        const day = dayOf(timestamp);
        const slots = new Slots(ends);
        const expected = ends.findLastIndex((boundary) => boundary <= timestamp);
        const slot = expected === ends.length - 1 ? -1 : expected;
        const within = Number(timestamp - startOf(day));
        expect(slotAt(slots.boundariesWithin(day), within)).toBe(slot);

        const { targetOf, cut } = cellTargets(slots, day, () => true);
        const target = targetOf[cellOf(Math.floor(within / QUARTER_LENGTH), levelIndexOf(severity))]!;
        const pieces = cut.filter(({ from, to }) => from <= within && within < to).map((piece) => piece.slot);
        // Each time is told either by its quarter's count or by one piece, or lies in no slot.
        const told = target >= 0 ? [Math.floor(target / 7), ...pieces] : pieces;
        expect(told).toEqual(slot >= 0 ? [slot] : []);
        expect(slot < 0 || slots.touches(day)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('cards', () => {
  const record = fc
    .record({
      timestamp: time,
      severityNumber: fc.constantFrom(0, 9, 13, 17, 21, 99),
      logger: fc.constantFrom('shop.cart', 'shop.pay'),
      service: fc.constantFrom('shop', 'billing'),
    })
    .map((fields) => logRecord({ ...fields, body: `body of ${fields.timestamp}` }));

  test('P10 P12 P17 P20 cards of hot and sealed records are those of the records, wherever boundaries cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(record, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.record({ boundaries: fc.oneof(boundaries, fc.constant([])), recentFrom: time }), {
          minLength: 3,
          maxLength: 6,
        }),
        async (appends, requests) => {
          await using folder = await readerFolder();
          const reference = createMemoryStore();
          for (const [index, records] of appends.entries()) {
            folder.append(records);
            await reference.append([batch(records)]);
            if (index % 2 === 1) folder.seal();
          }
          for (const request of requests) {
            const cards = await readCards(folder.days, request, unhurried());
            expect(comparable(cards)).toEqual(comparable(await reference.cards(request)));
            const only = { service: 'shop', logger: 'shop.pay' };
            const one = await readCards(folder.days, { ...request, only }, unhurried());
            expect(comparable(one)).toEqual(comparable(await reference.cards({ ...request, only })));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('P11 loggers without records in the range share their zeros', async () => {
    await using folder = await readerFolder();
    folder.append(['a', 'b', 'c'].map((logger) => logRecord({ logger })));
    const request: CardsRequest = { boundaries: [NOON - 2n * DAY, NOON - DAY], recentFrom: NOON };
    const [a, b, c] = await readCards(folder.days, request, unhurried());
    expect([...Array.from(a!.counts)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(a!.counts).toBe(b!.counts);
    expect(a!.counts).toBe(c!.counts);
  });
});

/** Ids are each store's own; an issue is known by its time and body here. */
function comparable(cards: Awaited<ReturnType<LogStore['cards']>>) {
  return cards
    .map(({ counts, newestIssue, newestError, ...card }) => ({
      ...card,
      counts: Array.from(counts),
      newestIssue: newestIssue && { ...newestIssue, id: '' },
      newestError: newestError && { ...newestError, id: '' },
    }))
    .sort((one, other) => (one.service + one.logger < other.service + other.logger ? -1 : 1));
}
