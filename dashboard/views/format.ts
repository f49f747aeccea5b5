/** How numbers and times are written on pages. Times are nanoseconds since the Unix epoch, zones IANA names. */

const EXACT = new Intl.NumberFormat('en-US');
const MICROSECOND = 1000n;
const NS_PER_MS = 1_000_000n;
const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** `4,210`. */
export function exact(count: number): string {
  // Most counts need no comma, and a page of cards has thousands of them.
  return count < 1000 ? String(count) : EXACT.format(count);
}

/** At most three digits that count, for cards: `184`, `48.2k`, `1.21M`. */
export function short(count: number): string {
  for (const [unit, suffix] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    // 999,950 would round to "1000k", so the next unit takes it.
    if (count >= unit * 0.9995 && count >= 1000) return `${withThreeDigits(count / unit)}${suffix}`;
  }
  return String(count);
}

function withThreeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return String(Number(value.toFixed(decimals)));
}

/** `1 error`, `2 errors`, `4,210 records`. */
export function plural(count: number, noun: string): string {
  return `${exact(count)} ${nounFor(count, noun)}`;
}

export function nounFor(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

/** `2 min ago`; times ahead of the clock (senders' clocks differ) read `in 2 min`. */
export function ago(time: bigint, now: bigint): string {
  const age = now - time;
  const size = age < 0n ? -age : age;
  if (size < 2n * SECOND) return 'just now';
  return age < 0n ? `in ${duration(size)}` : `${duration(size)} ago`;
}

/** The largest whole unit: `12 s`, `2 min`, `3 h`, `5 d`. */
export function duration(span: bigint): string {
  if (span < SECOND) return `${span / NS_PER_MS} ms`;
  if (span < MINUTE) return `${span / SECOND} s`;
  if (span < HOUR) return `${span / MINUTE} min`;
  if (span < 2n * DAY) return `${span / HOUR} h`;
  return `${span / DAY} d`;
}

/** How long something took, in seconds: `0.4 ms`, `24 ms`, `1.24 s`, `2 min`. */
export function took(seconds: number): string {
  // What rounding makes a full unit is told in the larger one.
  if (seconds < 0.9995) return `${withThreeDigits(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${withThreeDigits(seconds)} s`;
  return duration(BigInt(Math.round(Math.min(seconds, LONGEST_SECONDS))) * SECOND);
}

/** Beyond it nobody means what they say. */
const LONGEST_SECONDS = 1e9;

/** Time between two records, as fine as matters: `+1.5 µs`, `+0.402 ms`, `+12.4 s`, `+3m 20s`; the rest is cut off. */
export function elapsed(span: bigint): string {
  const sign = span < 0n ? '−' : '+';
  const size = span < 0n ? -span : span;
  if (size === 0n) return '+0';
  if (size < MICROSECOND) return `${sign}${size} ns`;
  if (size < 10n * MICROSECOND) return `${sign}${thousandths(size)} µs`;
  if (size < SECOND) return `${sign}${thousandths(size / MICROSECOND)} ms`;
  if (size < MINUTE) return `${sign}${thousandths(size / NS_PER_MS)} s`;
  if (size < HOUR) return `${sign}${size / MINUTE}m ${(size % MINUTE) / SECOND}s`;
  if (size < DAY) return `${sign}${size / HOUR}h ${(size % HOUR) / MINUTE}m`;
  return `${sign}${size / DAY}d ${(size % DAY) / HOUR}h`;
}

const thousandths = (count: bigint): string => String(Number(count) / 1000);

interface Parts {
  readonly weekday: string;
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly fractionalSecond: string;
}

/** One formatter per zone. Zones are validated IANA names, so there are some hundreds at most. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** What zones' clocks show at the beginning of minutes asked for lately; a page has the same ones again and again. */
const minutes = new Map<string, Parts>();
const MOST_MINUTES = 2000;
/** Since 1972 no zone's clock differs from UTC by a part of a minute. */
const WHOLE_MINUTES_FROM = Date.UTC(1972, 0, 8);

function partsOf(time: bigint, zone: string): Parts {
  const instant = milliseconds(time);
  if (instant < WHOLE_MINUTES_FROM) return formatted(instant, zone);
  const minute = Math.floor(instant / 60_000);
  const key = `${minute} ${zone}`;
  let parts = minutes.get(key);
  if (!parts) {
    parts = formatted(minute * 60_000, zone);
    if (minutes.size >= MOST_MINUTES) minutes.clear();
    minutes.set(key, parts);
  }
  const rest = String(instant - minute * 60_000).padStart(5, '0');
  return { ...parts, second: rest.slice(0, 2), fractionalSecond: rest.slice(2) };
}

function formatted(instant: number, zone: string): Parts {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
    });
    formatters.set(zone, formatter);
  }
  const parts = formatter.formatToParts(instant).map((part) => [part.type, part.value]);
  return Object.fromEntries(parts) as Parts;
}

/** Floored, so that a time before 1970 doesn't move a millisecond up. */
function milliseconds(time: bigint): number {
  const rest = ((time % NS_PER_MS) + NS_PER_MS) % NS_PER_MS;
  return Number((time - rest) / NS_PER_MS);
}

/** `14:00`. */
export function hourAndMinute(time: bigint, zone: string): string {
  const { hour, minute } = partsOf(time, zone);
  return `${hour}:${minute}`;
}

/** `09:58:57.862`. */
export function clockTime(time: bigint, zone: string): string {
  const { hour, minute, second, fractionalSecond } = partsOf(time, zone);
  return `${hour}:${minute}:${second}.${fractionalSecond}`;
}

/** `21 Nov`, with the year when it isn't `now`'s. */
export function calendarDay(time: bigint, zone: string, now: bigint): string {
  const { year, month, day } = partsOf(time, zone);
  return partsOf(now, zone).year === year ? `${day} ${month}` : `${day} ${month} ${year}`;
}

/** `21 Nov 09:58`. */
export function dayAndTime(time: bigint, zone: string, now: bigint): string {
  return `${calendarDay(time, zone, now)} ${hourAndMinute(time, zone)}`;
}

/** `2026-11-21 09:58:57`, as one may type it into a from or to field. */
export function editable(time: bigint, zone: string): string {
  const parts = partsOf(time, zone);
  const month = String(MONTHS.indexOf(parts.month) + 1).padStart(2, '0');
  return `${parts.year}-${month}-${parts.day.padStart(2, '0')} ${parts.hour}:${parts.minute}:${parts.second}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sat 21 Nov 2026, 09:55:12.402 113 904`: all nine digits. */
export function exactTime(time: bigint, zone: string): string {
  const { weekday, day, month, year, hour, minute, second } = partsOf(time, zone);
  const digits = nanosecondDigits(time).replace(/(...)(...)(...)/, '$1 $2 $3');
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}:${second}.${digits}`;
}

/** RFC 3339 in UTC with as many digits as the time needs: what stands in links and `datetime` attributes. */
export function rfc3339(time: bigint): string {
  const seconds = new Date(milliseconds(time)).toISOString().slice(0, -5);
  const digits = nanosecondDigits(time).replace(/(000){1,3}$/, '');
  return digits ? `${seconds}.${digits}Z` : `${seconds}Z`;
}

function nanosecondDigits(time: bigint): string {
  return String(((time % SECOND) + SECOND) % SECOND).padStart(9, '0');
}

/** A text that is too long cut to a length, without leaving half a surrogate pair at its end. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * Control characters as their visible pictures (␛ for escape), so that what a log says cannot act on the page or hide.
 * Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    return code === 0x7f ? '␡' : code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/** Controls but for line breaks and tabs, and the marks that turn the direction of a text. */
const CONTROLS = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** `printable` in one line: line breaks and tabs become spaces. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}

/** A name in one line, cut where no name goes on: whatever a log calls something leaves room for the rest of the page. */
export function nameText(text: string): string {
  return oneLine(shortened(text, LONGEST_NAME));
}

const LONGEST_NAME = 120;
