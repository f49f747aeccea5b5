const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;
const DAY = 24 * HOUR;

/**
 * One IANA time zone's clock, by the runtime's own `Intl` data. Instants are milliseconds since the Unix epoch; "wall"
 * values are what the zone's clock shows, written as if it were UTC.
 */
export interface TimeZone {
  /** As it was asked for: `Asia/Kathmandu`. */
  readonly name: string;
  /** Milliseconds to add to an instant to get the wall clock. */
  offsetAt(instant: number): number;
  /** An English formatter for this zone, made once. The options are the caller's own constants, so their number is bounded. */
  formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat;
}

/** Zone names come from clients, so what is kept for them is bounded; the least recently used goes first. */
const MAX_ZONES = 64;
const zones = new Map<string, TimeZone>();

/** The zone of that name, or null when there is none. Upper and lower case are one, as in `Intl`. */
export function timeZoneNamed(name: string): TimeZone | null {
  const key = name.toLowerCase();
  const zone = zones.get(key) ?? createTimeZone(name);
  if (zone === null) return null;
  zones.delete(key);
  zones.set(key, zone);
  if (zones.size > MAX_ZONES) zones.delete(zones.keys().next().value!);
  return zone;
}

/**
 * The instant at which the zone's clock shows `wall`. A time that the clock shows twice is the first of the two; one it
 * skips is read with the offset from before the gap (2:30 becomes 3:30), as Temporal's "compatible" does.
 */
export function instantOfWall(zone: TimeZone, wall: number): number {
  const before = wall - zone.offsetAt(wall - DAY);
  const after = wall - zone.offsetAt(wall + DAY);
  const shown = [before, after].filter((instant) => instant + zone.offsetAt(instant) === wall);
  return shown.length > 0 ? Math.min(...shown) : before;
}

/** The stretch of time `[from, to)` in which the wall clock stays within one slot. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The slot around an instant when the zone's clock is cut into pieces of `size` milliseconds, counted from midnight of
 * 1970-01-01 on the wall: 60 minutes are the clock's hours, 24 hours its calendar days.
 *
 * Slots of an hour and less never reach across a change of the clock: an hour that comes twice is two slots, one that is
 * skipped is none. Longer ones do reach across, as people count: a calendar day then has 23 or 25 hours. Slots never
 * overlap and leave no gap between them.
 */
export function slotAround(zone: TimeZone, instant: number, size: number): Stretch {
  return { from: slotStart(zone, instant, size), to: slotEnd(zone, instant, size) };
}

/** The slot before one, for walking back. */
export function slotBefore(zone: TimeZone, { from }: Stretch, size: number): Stretch {
  return { from: slotStart(zone, from - 1, size), to: from };
}

function slotStart(zone: TimeZone, instant: number, size: number): number {
  const offset = zone.offsetAt(instant);
  const regular = Math.floor((instant + offset) / size) * size - offset;
  const start = zone.offsetAt(regular) === offset ? regular : clockChange(zone, regular, instant);
  return reachesAcross(zone, start, size) ? slotStart(zone, start - 1, size) : start;
}

function slotEnd(zone: TimeZone, instant: number, size: number): number {
  const offset = zone.offsetAt(instant);
  const regular = (Math.floor((instant + offset) / size) + 1) * size - offset;
  const end = zone.offsetAt(regular - 1) === offset ? regular : clockChange(zone, instant, regular - 1);
  return reachesAcross(zone, end, size) ? slotEnd(zone, end, size) : end;
}

/** Whether the moment before a boundary and the boundary itself belong to one slot nevertheless. */
function reachesAcross(zone: TimeZone, boundary: number, size: number): boolean {
  if (size <= HOUR) return false;
  const indexOf = (instant: number) => Math.floor((instant + zone.offsetAt(instant)) / size);
  return indexOf(boundary - 1) === indexOf(boundary);
}

/** The first instant with the later offset, given that the offset differs between the two. */
function clockChange(zone: TimeZone, earlier: number, later: number): number {
  const offset = zone.offsetAt(later);
  let before = earlier;
  let after = later;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.offsetAt(middle) === offset) after = middle;
    else before = middle;
  }
  return after;
}

const WALL_FIELDS: Intl.DateTimeFormatOptions = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

function createTimeZone(name: string): TimeZone | null {
  const wallFields = formatterFor(name, WALL_FIELDS);
  if (wallFields === null) return null;
  const formatters = new Map<string, Intl.DateTimeFormat>();
  return {
    name,
    offsetAt(instant) {
      // Month, day, year, hours, minutes, seconds; taking them from the text is twice as fast as formatToParts.
      const fields = wallFields.format(instant).match(/\d+/g)!.map(Number);
      const wall = Date.UTC(fields[2]!, fields[0]! - 1, fields[1], fields[3], fields[4], fields[5]);
      return wall - Math.floor(instant / SECOND) * SECOND;
    },
    formatter(options) {
      const key = JSON.stringify(options);
      const formatter = formatters.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: name });
      formatters.set(key, formatter);
      return formatter;
    },
  };
}

function formatterFor(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
