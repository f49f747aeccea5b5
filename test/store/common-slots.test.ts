import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutSlots, END_OF_TIME, type SlotPiece } from '../../receiver/store/common/slots.ts';
import { at, DAY, HOUR, MINUTE, NOON } from '../helpers/records.ts';

const QUARTER = 15n * MINUTE;
const pieces = (boundaries: readonly bigint[]) => {
  const { hours, quarters, edges } = cutSlots(boundaries);
  return [...hours, ...quarters, ...edges].toSorted((a, b) => Number(a.from - b.from));
};
const isWhole = (unit: bigint) => (piece: SlotPiece) => piece.from % unit === 0n && piece.to % unit === 0n;

test('P18 a day of a quarter-hour zone is whole hours between a few quarters', () => {
  const from = at('2026-11-20T18:15:00Z');
  expect(cutSlots([from, from + DAY])).toEqual({
    hours: [{ slot: 0, from: from + 3n * QUARTER, to: from + DAY - QUARTER }],
    quarters: [
      { slot: 0, from, to: from + 3n * QUARTER },
      { slot: 0, from: from + DAY - QUARTER, to: from + DAY },
    ],
    edges: [],
  });
});

test('P12 what is recent is cut at its beginning alone', () => {
  expect(cutSlots([NOON - HOUR + 1n, END_OF_TIME])).toEqual({
    hours: [{ slot: 0, from: NOON, to: END_OF_TIME }],
    quarters: [{ slot: 0, from: NOON - HOUR + QUARTER, to: NOON }],
    edges: [{ slot: 0, from: NOON - HOUR + 1n, to: NOON - HOUR + QUARTER }],
  });
  expect(END_OF_TIME).toBeGreaterThan(2n ** 63n);
});

test('no boundaries, one alone and slots without length are no pieces', () => {
  expect(pieces([])).toEqual([]);
  expect(pieces([NOON])).toEqual([]);
  expect(pieces([NOON, NOON])).toEqual([]);
});

test('P20 the pieces of any slots are whole, in their slots, and together all of the time between the boundaries', () => {
  const time = fc.oneof(
    fc.bigInt({ min: 0n, max: 40n }).map((quarters) => NOON + quarters * QUARTER),
    fc.bigInt({ min: 0n, max: 10n * HOUR }).map((offset) => NOON + offset),
  );
  fc.assert(
    fc.property(fc.uniqueArray(time, { minLength: 2, maxLength: 8 }), (times) => {
      const boundaries = times.toSorted((a, b) => (a < b ? -1 : 1));
      const { hours, quarters, edges } = cutSlots(boundaries);
      expect(hours.every(isWhole(HOUR))).toBe(true);
      expect(quarters.every(isWhole(QUARTER))).toBe(true);
      expect(edges.every(({ from, to }) => to - from < 2n * QUARTER)).toBe(true);
      let reached = boundaries[0]!;
      for (const { slot, from, to } of pieces(boundaries)) {
        expect(from).toBe(reached);
        expect(from >= boundaries[slot]! && to <= boundaries[slot + 1]! && from < to).toBe(true);
        reached = to;
      }
      expect(reached).toBe(boundaries.at(-1));
    }),
  );
});
