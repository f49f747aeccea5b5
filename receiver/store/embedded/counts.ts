import { LEVELS } from '../../record/severity.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * How many records a logger has in a day, by quarter of an hour and level. Kept sparsely, as bytes: most loggers use
 * few levels. A cell is `quarter * LEVELS.length + levelIndex`.
 */
export type Counts = Map<number, number>;

export function cellOf(quarter: number, levelIndex: number): number {
  return quarter * LEVELS.length + levelIndex;
}

export const levelIndexOfCell = (cell: number): number => cell % LEVELS.length;

/** Adds `amount`, which may be negative; a cell that comes to nothing is gone. */
export function addTo(counts: Counts, cell: number, amount: number): void {
  const sum = (counts.get(cell) ?? 0) + amount;
  if (sum > 0) counts.set(cell, sum);
  else counts.delete(cell);
}

const writer = new ByteWriter();

/** Cells in ascending order, each as its distance from the one before and its count. */
export function encodeCounts(counts: Counts): Uint8Array {
  let previous = 0;
  for (const cell of [...counts.keys()].sort((a, b) => a - b)) {
    writer.varint(cell - previous);
    writer.varint(counts.get(cell)!);
    previous = cell;
  }
  return writer.take();
}

/** Calls back for each cell in ascending order. */
export function forEachCount(bytes: Uint8Array, callback: (cell: number, count: number) => void): void {
  const reader = new ByteReader(bytes);
  let cell = 0;
  while (!reader.atEnd) {
    cell += reader.varint();
    callback(cell, reader.varint());
  }
}

export function decodeCounts(bytes: Uint8Array): Counts {
  const counts: Counts = new Map();
  forEachCount(bytes, (cell, count) => counts.set(cell, count));
  return counts;
}

const WARN = LEVELS.indexOf('WARN');
const ERROR = LEVELS.indexOf('ERROR');
const FATAL = LEVELS.indexOf('FATAL');

export const isIssueLevel = (levelIndex: number): boolean => levelIndex >= WARN && levelIndex <= FATAL;
export const isErrorLevel = (levelIndex: number): boolean => levelIndex === ERROR || levelIndex === FATAL;
