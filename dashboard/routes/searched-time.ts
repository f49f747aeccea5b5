import { layRange, rangeNamed } from '../health/ranges.ts';
import type { TimeZone } from '../health/time-zone.ts';
import type { DashboardSettings } from '../options.ts';
import { type QueryString, type RecordFilter, single } from '../params.ts';
import { calendarDay, clockTime, editable, hourAndMinute } from '../views/format.ts';
import type { ChosenTime } from '../views/range-choice.tsx';
import { layBuckets, type TimeBuckets } from './time-buckets.ts';

/** The stretch of time a search is for, `[from, to)`. */
export interface SearchedTime {
  readonly from: bigint;
  readonly to: bigint;
  readonly buckets: TimeBuckets;
  /** Name of the range, when it is one of the settings' and not the reader's own. */
  readonly range: string | undefined;
  /** For the fields, as one may type it. */
  readonly texts: { readonly from: string; readonly to: string };
  /** `21 Nov 14:00 to 15:00`, the day said twice when there are two. */
  readonly words: string;
}

/** The same as a page's controls need it. */
export function chosenTime({ range, words, texts }: SearchedTime): ChosenTime {
  return { range, words, ...texts };
}

/** The range asked for, when it is one of the settings'. */
export function rangeParam(query: QueryString, { ranges }: Pick<DashboardSettings, 'ranges'>): string | undefined {
  const asked = single(query, 'range');
  return ranges.find(({ name }) => name === asked)?.name;
}

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;

/**
 * A range of the settings, laid as on the card page so that both count the same; or the reader's own times. Of those, an
 * open end is the end of this minute, and an open start the default range's.
 */
export function searchedTime(
  filter: RecordFilter,
  state: { readonly range?: string | undefined; readonly from?: string | undefined; readonly to?: string | undefined },
  settings: Pick<DashboardSettings, 'ranges' | 'defaultRange'>,
  now: bigint,
  zone: TimeZone,
): SearchedTime {
  const isOwn = filter.from !== undefined || filter.to !== undefined;
  const named = rangeNamed(isOwn ? undefined : state.range, settings);
  const end = filter.to ?? (now / MINUTE + 1n) * MINUTE;
  const range = layRange(named, isOwn ? lastMomentBefore(end) : now, zone);
  const { from, to } = isOwn ? { from: filter.from ?? range.from, to: end } : range;
  const last = from < to ? to : from;
  return {
    from,
    to: last,
    buckets: layBuckets(from, last, zone),
    range: isOwn ? undefined : named.name,
    texts: {
      from: isOwn ? asTyped(state.from, filter.from, zone) : editable(from, zone.name),
      to: isOwn ? asTyped(state.to, filter.to, zone) : '',
    },
    words: inWords(from, last, zone, now),
  };
}

/** `now-1h` stays so; a moment is written as the zone's clock shows it, unless that would lose a part of it. */
function asTyped(text: string | undefined, time: bigint | undefined, zone: TimeZone): string {
  if (text === undefined || time === undefined) return '';
  return text.startsWith('now') || time % SECOND !== 0n ? text : editable(time, zone.name);
}

const lastMomentBefore = (end: bigint): bigint => (end > 0n ? end - 1n : 0n);

function inWords(from: bigint, to: bigint, { name }: TimeZone, now: bigint): string {
  const [firstDay, lastDay] = [calendarDay(from, name, now), calendarDay(to, name, now)];
  const end = shortTime(to, name);
  return `${firstDay} ${shortTime(from, name)} to ${firstDay === lastDay ? end : `${lastDay} ${end}`}`;
}

/** Seconds only where there are any. */
function shortTime(time: bigint, zone: string): string {
  return time % MINUTE === 0n ? hourAndMinute(time, zone) : clockTime(time, zone).slice(0, 'hh:mm:ss'.length);
}
