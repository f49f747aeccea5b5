import type { RangeSettings } from '../../receiver/config/config.ts';
import type { Stretch, TimeZone } from './time-zone.ts';

/** How a slot is called. */
export interface SlotLabel {
  /** For a screen reader and a tooltip, different for every slot of a range: `14:00 to 15:00`, `Sat, 21 Nov 2026`. */
  readonly label: string;
  /** For the axis below the strip, as short as the range's `timeFormat` says. */
  readonly axis: string;
}

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const AXIS: Readonly<Record<RangeSettings['timeFormat'], Intl.DateTimeFormatOptions>> = {
  time: TIME,
  date: DATE,
  datetime: { ...DATE, ...TIME },
};
const DATE_NAME: Intl.DateTimeFormatOptions = { weekday: 'short', ...DATE, year: 'numeric' };
const WEEKDAY_AND_DATE: Intl.DateTimeFormatOptions = { weekday: 'short', ...DATE };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Labels for the slots of a range, in their order. */
export function labelSlots(settings: RangeSettings, slots: readonly Stretch[], zone: TimeZone): SlotLabel[] {
  const axis = zone.formatter(AXIS[settings.timeFormat]);
  const labels = settings.slot.unit === 'day' ? dayLabels(slots, zone) : timeLabels(slots, zone);
  return slots.map((slot, index) => ({ label: labels[index]!, axis: axis.format(slot.from) }));
}

function dayLabels(slots: readonly Stretch[], zone: TimeZone): string[] {
  const date = zone.formatter(DATE_NAME);
  return slots.map((slot) => date.format(slot.from));
}

/** The hours alone while they tell the slots apart, with the date where they don't, with the offset where the clock repeats itself. */
function timeLabels(slots: readonly Stretch[], zone: TimeZone): string[] {
  const date = zone.formatter(WEEKDAY_AND_DATE);
  const hours = slots.map((slot) => hoursOf(slot, zone));
  const dated = slots.map((slot, index) => `${date.format(slot.from)}, ${hours[index]}`);
  const spansDays = slots.at(-1)!.to - slots[0]!.from > DAY + HOUR;
  const plain = spansDays ? dated : hours;
  const withOffset = slots.map((slot, index) => `${plain[index]} ${offsetName(zone.offsetAt(slot.from))}`);
  return plain.map((label, index) => {
    if (isUnique(label, plain)) return label;
    return isUnique(dated[index]!, dated) ? dated[index]! : withOffset[index]!;
  });
}

const isUnique = (label: string, labels: readonly string[]): boolean =>
  labels.indexOf(label) === labels.lastIndexOf(label);

/**
 * A slot that ends where the clock changes is named by the clock it began on: the hour before summer time is
 * "01:00 to 02:00", though the next thing the clock shows is 03:00.
 */
function hoursOf(slot: Stretch, zone: TimeZone): string {
  const time = zone.formatter(TIME);
  const began = zone.offsetAt(slot.from);
  const endsAsItBegan = zone.offsetAt(slot.to - 1) === began;
  const end = endsAsItBegan ? wallTime(slot.to + began) : time.format(slot.to);
  return `${time.format(slot.from)} to ${end}`;
}

const wallTime = (wall: number): string => new Date(wall).toISOString().slice(11, 16);

/** `UTC+5:45`. */
function offsetName(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const rest = minutes % 60;
  return `UTC${offset < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}
