import type { CardSlot, HealthCard } from '../health/cards.ts';
import type { HealthRange } from '../health/ranges.ts';
import { plural, rfc3339 } from './format.ts';
import { link } from './links.ts';

interface StripProps {
  readonly base: string;
  readonly card: HealthCard;
  readonly range: HealthRange;
}

/** Heights are classes h0 … h34 (strip.css), since the content security policy forbids style attributes. */
const FULL = 34;
const WARNING = 25;
const HIGHEST_OK = 24;
const LOWEST_OK = 6;
/** More slots than this stand closer. */
const MANY = 48;

/**
 * A logger's time range at a glance: volume by height, state by colour and, for those who don't see colours, by the cap
 * above an error and the fixed heights of errors and warnings. Each slot links to exactly its records (P17).
 */
export function Strip({ base, card, range }: StripProps) {
  const { service, logger, slots } = card;
  const records = link(base, '/logs');
  const names = String(new URLSearchParams({ service, logger }));
  const times = slotTimes(range);
  const most = slots.reduce((highest, slot) => Math.max(highest, slot.total), 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, these are links
    <div
      class={slots.length > MANY ? 'strip dense' : 'strip'}
      role="group"
      aria-label={`${service} / ${logger} over time`}
      data-strip
    >
      {slots.map((slot, index) => (
        // biome-ignore lint/a11y/useAnchorContent: the title names it, and shows on hover too
        <a
          key={times[index]}
          class={`slot ${slot.status} h${heightOf(slot, most)}`}
          href={`${records}?${times[index]}&${names}`}
          title={slotName(range.slots[index]!.label, slot)}
        />
      ))}
    </div>
  );
}

/** The slots' times as they stand in addresses: the same for all strips of a page, which may be a thousand. */
function slotTimes(range: HealthRange): readonly string[] {
  let times = timesOfRanges.get(range);
  if (!times) {
    times = range.slots.map(({ from, to }) => String(new URLSearchParams({ from: rfc3339(from), to: rfc3339(to) })));
    timesOfRanges.set(range, times);
  }
  return times;
}

const timesOfRanges = new WeakMap<HealthRange, readonly string[]>();

function heightOf(slot: CardSlot, most: number): number {
  if (slot.status === 'error') return FULL;
  if (slot.status === 'warning') return WARNING;
  if (slot.total === 0) return 0;
  // The square root keeps a quiet hour visible beside a loud one.
  return LOWEST_OK + Math.round((HIGHEST_OK - LOWEST_OK) * Math.sqrt(slot.total / most));
}

/** What a screen reader says: `14:00 to 15:00, 12 errors, 3 warnings, 4,210 records`. */
function slotName(time: string, { errors, warnings, total }: CardSlot): string {
  return [time, plural(errors, 'error'), plural(warnings, 'warning'), plural(total, 'record')].join(', ');
}

/** A few times under a strip. The last slot is the one around now. */
export function StripAxis({ range }: { readonly range: HealthRange }) {
  const { slots } = range;
  const marks = [0, 1, 2, 3].map((quarter) => Math.floor((slots.length * quarter) / 4));
  return (
    <div class="axis" aria-hidden="true">
      {[...new Set(marks)].map((index) => (
        <span key={index}>{slots[index]!.axis}</span>
      ))}
      <span>{range.settings.slot.unit === 'day' ? 'today' : 'now'}</span>
    </div>
  );
}
