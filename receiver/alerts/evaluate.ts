import { grownRecent, type Recent, recentOf } from './recent.ts';
import { containsTimes, indexAfter, indexFrom, mergeTimes, setSorted, sortedTimes } from './times.ts';

/** When a level's records of one logger make an alert. */
export interface Rule {
  /** So many records, 1 or more, … */
  readonly threshold: number;
  /** … no further apart than so many nanoseconds. */
  readonly window: bigint;
}

/** Times of the records to judge, in any order. */
export interface Arrivals {
  /** Records that were stored just now. */
  readonly fresh: readonly bigint[];
  /**
   * Per batch, records that were stored before: a client repeated them, and whether they were judged then is not known,
   * since the receiver may have ended in between.
   */
  readonly repeated: readonly (readonly bigint[])[];
}

/** An alert to send. */
export interface Firing {
  /** When, in record time, the window came to hold `threshold` records. The window ends here, inclusive. */
  readonly reachedAt: bigint;
  /** Records known in the window: the threshold, or more when several have the very time `reachedAt`. */
  readonly count: number;
  /** Time of the arrival that completed the window: `reachedAt` itself, or earlier when it came late. */
  readonly causedBy: bigint;
}

/**
 * Judges arrivals against what is remembered. Pure: the same memory and arrivals give the same firings wherever they are
 * evaluated, and records in the order of their times give the same firings however they are split into calls.
 *
 * Over the ascending times, a record's count is how many there are up to it in the window that ends, inclusive, with it.
 * An *episode* starts at a record whose count is the threshold, which means that just before it the window held fewer,
 * and goes on while counts are above the threshold. Each episode fires once: when the arrivals made it, or touched it
 * and it had not fired. Late arrivals can raise counts, never lower them; so episodes grow and merge but never split,
 * and the mark on an episode's newest record stays inside it.
 *
 * Returns `recent` itself when there was nothing to add.
 */
export function evaluate(recent: Recent, arrivals: Arrivals, rule: Rule, now: bigint): Judgement {
  const quick = addInOrder(recent, arrivals, rule, now);
  if (quick) return quick;
  const added = timesToAdd(recent, arrivals, horizon(recent, rule, now));
  if (added.length === 0) return { recent, firings: [] };
  const times = mergeTimes(recent.times, added);
  const episodes = episodesOf(times, rule);
  const firings: Firing[] = [];
  let nextMark = 0;
  for (const episode of episodes) {
    while (nextMark < recent.marks.length && recent.marks[nextMark]! < times[episode.first]!) nextMark++;
    const hasFired = nextMark < recent.marks.length && recent.marks[nextMark]! <= times[episode.last]!;
    if (hasFired) continue;
    const firing = firingOf(episode, times, added, rule);
    if (firing) firings.push(firing);
  }
  const kept = keepNewest(times, rule, now);
  const marked = kept === times ? episodes : episodesOf(kept, rule);
  return {
    recent: recentOf(
      kept,
      marked.map(({ last }) => kept[last]!),
    ),
    firings,
  };
}

interface Judgement {
  readonly recent: Recent;
  readonly firings: Firing[];
}

/**
 * The same for what nearly always comes: new records, none older than those known. Looks at these alone. Null when it
 * takes more than that.
 */
function addInOrder(recent: Recent, { fresh, repeated }: Arrivals, rule: Rule, now: bigint): Judgement | null {
  const known = recent.times.length;
  if (repeated.length > 0 || fresh.length === 0 || known + fresh.length > mostRemembered(rule)) return null;
  const times = new BigInt64Array(known + fresh.length);
  times.set(recent.times);
  const marks = [...recent.marks];
  const firings: Firing[] = [];
  setSorted(times, fresh, known);
  if (times[times.length - 1]! > now || (known > 0 && times[known]! < times[known - 1]!)) return null;
  for (let i = known; i < times.length; i++) {
    const time = times[i]!;
    const windowStart = indexFrom(times, time - rule.window);
    const count = i - windowStart + 1;
    if (count === rule.threshold) {
      marks.push(time);
      firings.push({ reachedAt: time, count: indexAfter(times, time) - windowStart, causedBy: time });
    } else if (count > rule.threshold) {
      // Where the threshold was higher before, the episode that goes on may have no mark.
      if (marks.at(-1) !== times[i - 1]) return null;
      marks[marks.length - 1] = time;
    }
  }
  return { recent: grownRecent(recent, times, marks), firings };
}

/** Indexes into the ascending times. */
interface Episode {
  /** The oldest record in the first one's window. */
  readonly windowStart: number;
  /** The record that brought the window to the threshold. */
  readonly first: number;
  last: number;
}

function episodesOf(times: BigInt64Array, { threshold, window }: Rule): Episode[] {
  const episodes: Episode[] = [];
  let windowStart = 0;
  for (let i = 0; i < times.length; i++) {
    const from = times[i]! - window;
    while (times[windowStart]! < from) windowStart++;
    const count = i - windowStart + 1;
    // A count is at most one more than the one before, so whenever one is above the threshold, an episode is open.
    if (count === threshold) episodes.push({ windowStart, first: i, last: i });
    else if (count > threshold) episodes.at(-1)!.last = i;
  }
  return episodes;
}

/** What to say of an episode that has not fired, or null when no arrival has a part in it. */
function firingOf(
  { windowStart, first, last }: Episode,
  times: BigInt64Array,
  added: BigInt64Array,
  { window }: Rule,
): Firing | null {
  const reachedAt = times[first]!;
  const next = indexAfter(added, reachedAt);
  // Without an arrival in the window, the threshold was set lower since: then the next record of the episode tells.
  const causedBy = next > 0 && added[next - 1]! >= reachedAt - window ? added[next - 1]! : added[next];
  if (causedBy === undefined || causedBy > times[last]!) return null;
  return { reachedAt, count: indexAfter(times, reachedAt) - windowStart, causedBy };
}

function timesToAdd(recent: Recent, { fresh, repeated }: Arrivals, oldest: bigint): BigInt64Array {
  const sorted = (times: readonly bigint[]) => {
    const all = sortedTimes(times);
    return all.subarray(indexFrom(all, oldest));
  };
  let added = sorted(fresh);
  for (const batch of repeated) {
    // A key's records of one batch are judged together, so a batch of which one is missing was not judged.
    const times = sorted(batch);
    if (!containsTimes(mergeTimes(recent.times, added), times)) added = mergeTimes(added, times);
  }
  return added;
}

/** The fewest records remembered, so that low thresholds, too, know late records for what they are. */
const LEAST_CAPACITY = 64;

/** So many records are remembered at least. Twice the threshold, so that an episode stays one when its oldest are forgotten. */
function capacity({ threshold }: Rule): number {
  return Math.max(LEAST_CAPACITY, 2 * threshold);
}

/** And so many at most: forgetting writes the whole text anew, so it is done for many at a time. */
function mostRemembered(rule: Rule): number {
  return 2 * capacity(rule);
}

/** Records older than this come too late to be judged: those they would be counted with are forgotten. */
function horizon({ times }: Recent, rule: Rule, now: bigint): bigint {
  return indexAfter(times, now) < capacity(rule) ? 0n : times[0]!;
}

/**
 * The newest of the times up to now, and apart from them the newest beyond: clients whose clocks run ahead must not push
 * what happens now out of memory, for then their logger's alerts would stop.
 */
function keepNewest(times: BigInt64Array, rule: Rule, now: bigint): BigInt64Array {
  const ahead = indexAfter(times, now);
  const startOfNewest = (from: number, to: number) => (to - from > mostRemembered(rule) ? to - capacity(rule) : from);
  const pastFrom = startOfNewest(0, ahead);
  const aheadFrom = startOfNewest(ahead, times.length);
  if (pastFrom === 0 && aheadFrom === ahead) return times;
  return mergeTimes(times.subarray(pastFrom, ahead), times.subarray(aheadFrom));
}
