import type { RangeSettings } from '../../receiver/config/config.ts';
import { fromMillis, toMillis } from '../times.ts';
import { labelSlots, type SlotLabel } from './slot-labels.ts';
import { type Stretch, slotAround, slotBefore, type TimeZone } from './time-zone.ts';

/** A range of the card page laid on the clock: its slots in time order, the last one around now and so not over yet. */
export interface HealthRange {
  readonly settings: RangeSettings;
  readonly timeZone: TimeZone;
  /** Nanoseconds since the Unix epoch, as are all times here. */
  readonly from: bigint;
  readonly to: bigint;
  readonly slots: readonly RangeSlot[];
  /** What `LogStore.cards` takes: the slots' n + 1 limits. */
  readonly boundaries: readonly bigint[];
}

/** One slot, `[from, to)`. */
export interface RangeSlot extends SlotLabel {
  readonly from: bigint;
  readonly to: bigint;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The range of that name, or the default one for a name that is unknown or missing (PARITY.md P14). */
export function rangeNamed(
  name: string | undefined,
  settings: { readonly ranges: readonly RangeSettings[]; readonly defaultRange: string },
): RangeSettings {
  const named = (wanted: string | undefined) => settings.ranges.find((range) => range.name === wanted);
  return named(name) ?? named(settings.defaultRange) ?? settings.ranges[0]!;
}

/**
 * The last `settings.slots` slots of the zone's clock, up to and with the one around `now` (PARITY.md P14, P18–P20).
 * Slots of minutes stand on the clock (hours begin at :00, five minutes at :00, :05, …), days are the zone's calendar
 * days; see `slotAround` for days when the clock changes.
 */
export function layRange(settings: RangeSettings, now: bigint, timeZone: TimeZone): HealthRange {
  const known = newestRanges.get(timeZone)?.get(settings);
  // The slot around now says it all, and it stays the same for most of the time that people look.
  if (known && now >= known.slots.at(-1)!.from && now < known.to) return known;
  const range = lay(settings, now, timeZone);
  const ofZone = newestRanges.get(timeZone) ?? new WeakMap<RangeSettings, HealthRange>();
  newestRanges.set(timeZone, ofZone.set(settings, range));
  return range;
}

const newestRanges = new WeakMap<TimeZone, WeakMap<RangeSettings, HealthRange>>();

function lay(settings: RangeSettings, now: bigint, timeZone: TimeZone): HealthRange {
  const size = settings.slot.unit === 'day' ? DAY : settings.slot.minutes * MINUTE;
  const stretches: Stretch[] = [];
  let slot = slotAround(timeZone, toMillis(now), size);
  stretches.push(slot);
  while (stretches.length < settings.slots) {
    slot = slotBefore(timeZone, slot, size);
    stretches.push(slot);
  }
  stretches.reverse();
  const labels = labelSlots(settings, stretches, timeZone);
  const slots = stretches.map(({ from, to }, index) => ({
    from: fromMillis(from),
    to: fromMillis(to),
    ...labels[index]!,
  }));
  const from = slots[0]!.from;
  return {
    settings,
    timeZone,
    from,
    to: slots.at(-1)!.to,
    slots,
    boundaries: [from, ...slots.map((each) => each.to)],
  };
}
