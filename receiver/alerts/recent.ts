/**
 * What is remembered of one (service, logger, level) between evaluations: when its newest records happened, and which
 * episodes (`evaluate.ts`) have had their alert.
 */
export interface Recent {
  /** Nanoseconds since the Unix epoch, ascending; records of the same time stand beside each other. */
  readonly times: BigInt64Array;
  /** The time of the newest record of each episode that has fired, ascending. */
  readonly marks: readonly bigint[];
  /**
   * The same as the text that a store keeps: the first time, then the distances, in base 36, a distance of 0 left out;
   * `!` marks an episode's newest record. About six bytes a record. '' for nothing.
   */
  readonly text: string;
}

export const NOTHING_YET: Recent = { times: new BigInt64Array(), marks: [], text: '' };

const FORMAT = 'v1:';

/** Texts of so many base-36 digits are exact as numbers (36^10 < 2^53). */
const EXACT_DIGITS = 10;
const EXACT_LIMIT = 36n ** BigInt(EXACT_DIGITS);

/** What is remembered when these are the times and marks. */
export function recentOf(times: BigInt64Array, marks: readonly bigint[]): Recent {
  let text = FORMAT;
  for (let i = 0, nextMark = 0; i < times.length; i++) {
    text += formatTime(times, i);
    if (isMarked(times, i, marks[nextMark])) {
      text += '!';
      nextMark++;
    }
  }
  return { times, marks, text };
}

/**
 * What is remembered when `times` begins with all of `before.times`, and of the marks none but the last has moved. Costs
 * what is new: this is what happens to a level of a logger with every commit that holds records of it.
 */
export function grownRecent(before: Recent, times: BigInt64Array, marks: readonly bigint[]): Recent {
  const first = before.times.length - 1;
  if (first < 0) return recentOf(times, marks);
  let nextMark = marks.length;
  while (nextMark > 0 && marks[nextMark - 1]! >= times[first]!) nextMark--;
  let text = before.text.endsWith('!') ? before.text.slice(0, -1) : before.text;
  for (let i = first; i < times.length; i++) {
    if (i > first) text += formatTime(times, i);
    if (isMarked(times, i, marks[nextMark])) {
      text += '!';
      nextMark++;
    }
  }
  return { times, marks, text };
}

function formatTime(times: BigInt64Array, i: number): string {
  if (i === 0) return formatDistance(times[0]!);
  const distance = times[i]! - times[i - 1]!;
  return distance === 0n ? ',' : `,${formatDistance(distance)}`;
}

/** Among records of one time the last carries the mark, so that one mark is written once. */
function isMarked(times: BigInt64Array, i: number, mark: bigint | undefined): boolean {
  return times[i] === mark && times[i + 1] !== mark;
}

/** Reads a text of `Recent`. Anything else is taken for nothing: alerts start afresh rather than hold up ingest. */
export function parseRecent(text: string): Recent {
  if (!text.startsWith(FORMAT) || text.length === FORMAT.length) return NOTHING_YET;
  const items = text.slice(FORMAT.length).split(',');
  const times = new BigInt64Array(items.length);
  const marks: bigint[] = [];
  let time = 0n;
  for (const [i, item] of items.entries()) {
    const isMarked = item.endsWith('!');
    const digits = isMarked ? item.slice(0, -1) : item;
    if (!/^[0-9a-z]{0,13}$/.test(digits)) return NOTHING_YET;
    if (digits !== '') time += parseDistance(digits);
    times[i] = time;
    if (isMarked) marks.push(time);
  }
  return { times, marks, text };
}

/** Two digits of base 36, by their value. */
const PAIRS = Array.from({ length: 36 ** 2 }, (_, value) => value.toString(36).padStart(2, '0'));

function formatDistance(distance: bigint): string {
  if (distance >= EXACT_LIMIT) return distance.toString(36);
  // `toString(36)` of a number this large takes eight times as long.
  let text = '';
  let rest = Number(distance);
  for (; rest >= PAIRS.length; rest = Math.floor(rest / PAIRS.length)) text = PAIRS[rest % PAIRS.length]! + text;
  return rest.toString(36) + text;
}

function parseDistance(digits: string): bigint {
  const low = BigInt(Number.parseInt(digits.slice(-EXACT_DIGITS), 36));
  const high = digits.slice(0, -EXACT_DIGITS);
  return high === '' ? low : BigInt(Number.parseInt(high, 36)) * EXACT_LIMIT + low;
}
