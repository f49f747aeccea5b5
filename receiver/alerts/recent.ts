/**
 * What is remembered of one (service, logger, level) between evaluations: when its newest records happened, and which
 * episodes (`evaluate.ts`) have had their alert.
 */
export interface Recent {
  /** Nanoseconds since the Unix epoch, ascending; records of the same time stand beside each other. */
  readonly times: BigInt64Array;
  /** The time of the newest record of each episode that has fired, ascending. */
  readonly marks: readonly bigint[];
}

export const NOTHING_YET: Recent = { times: new BigInt64Array(), marks: [] };

const FORMAT = 'v1:';

/** Texts of so many base-36 digits are exact as numbers (36^10 < 2^53). */
const EXACT_DIGITS = 10;
const EXACT_LIMIT = 36n ** BigInt(EXACT_DIGITS);

/**
 * The text a store keeps: the first time, then the distances, in base 36, a distance of 0 left out; `!` marks an
 * episode's newest record. About six bytes a record.
 */
export function formatRecent({ times, marks }: Recent): string {
  let text = FORMAT;
  let previous = 0n;
  let nextMark = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    if (i > 0) text += ',';
    if (time !== previous) text += formatDistance(time - previous);
    // Among records of one time the last carries the mark, so that one mark is written once.
    if (time === marks[nextMark] && time !== times[i + 1]) {
      text += '!';
      nextMark++;
    }
    previous = time;
  }
  return text;
}

/** Reads what `formatRecent` wrote. Anything else is taken for nothing: alerts start afresh rather than hold up ingest. */
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
  return { times, marks };
}

function formatDistance(distance: bigint): string {
  return distance < EXACT_LIMIT ? Number(distance).toString(36) : distance.toString(36);
}

function parseDistance(digits: string): bigint {
  const low = BigInt(Number.parseInt(digits.slice(-EXACT_DIGITS), 36));
  const high = digits.slice(0, -EXACT_DIGITS);
  return high === '' ? low : BigInt(Number.parseInt(high, 36)) * EXACT_LIMIT + low;
}
