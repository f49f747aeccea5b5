import { Random } from './random.ts';

/** Something goes wrong: these loggers speak their trouble lines, each with this probability. */
export interface Incident {
  readonly troubled: Readonly<Record<string, number>>;
}

const PAYMENT_PROVIDER_FAILS: Incident = {
  troubled: { 'payments.gateway': 0.7, 'payments.webhook': 0.15, 'web.access': 0.1 },
};
const POOL_EXHAUSTED: Incident = { troubled: { 'db.pool': 0.6, 'checkout.order': 0.5, 'inventory.reservation': 0.3 } };
const INDEXER_STUCK: Incident = { troubled: { 'search.indexer': 0.8, 'search.cluster': 0.5, 'search.query': 0.1 } };
const SLOW_DATABASE: Incident = { troubled: { 'inventory.reservation': 0.4, 'search.query': 0.1 } };
const IMPORT_DIES: Incident = { troubled: { 'inventory.import': 0.9 } };

/** When incidents happen: the one at a time in nanoseconds, or null. */
export type IncidentPlan = (time: bigint) => Incident | null;

const MINUTE = 60_000_000_000n;
const DAY_MINUTES = 24 * 60;

interface PlannedIncident {
  readonly incident: Incident;
  /** Minutes of the UTC day. */
  readonly from: number;
  readonly to: number;
}

/** History: four days in five have an incident, of less than an hour to four. */
export function historicalIncidents(seed: number): IncidentPlan {
  let day = -1;
  let planned: PlannedIncident | null = null;
  return (time) => {
    const minute = Number(time / MINUTE);
    const today = Math.floor(minute / DAY_MINUTES);
    if (today !== day) {
      day = today;
      planned = incidentOfDay(new Random(seed, INCIDENT_STREAM, today));
    }
    const minuteOfDay = minute % DAY_MINUTES;
    return planned && minuteOfDay >= planned.from && minuteOfDay < planned.to ? planned.incident : null;
  };
}

/** Keeps these random numbers apart from those of the records. */
const INCIDENT_STREAM = 0x1c1d;

function incidentOfDay(random: Random): PlannedIncident | null {
  if (!random.chance(0.8)) return null;
  const incident = random.pick([PAYMENT_PROVIDER_FAILS, POOL_EXHAUSTED, INDEXER_STUCK, IMPORT_DIES]);
  const from = random.between(6 * 60, 20 * 60);
  return { incident, from, to: from + random.between(45, 240) };
}

/** What the demo's last day had, in minutes before its start: something to look into at the first look. */
const LAST_DAY: readonly PlannedIncident[] = [
  { incident: PAYMENT_PROVIDER_FAILS, from: -25, to: -2 },
  { incident: SLOW_DATABASE, from: -58, to: -25 },
  { incident: INDEXER_STUCK, from: -190, to: -120 },
  { incident: POOL_EXHAUSTED, from: -560, to: -510 },
  { incident: IMPORT_DIES, from: -1200, to: -1100 },
];

/** The first live incident comes soon after the start, so that nobody has to wait for one. */
const FIRST_LIVE_AFTER = 15;
const LIVE_EVERY = 480;
const LIVE_LASTS = 90;

/**
 * The demo's: history before its last day, in which things happen at set times, and from its start on ninety seconds of
 * trouble in every eight minutes, payments and the connection pool by turns.
 */
export function demoIncidents(seed: number, start: bigint): IncidentPlan {
  const history = historicalIncidents(seed);
  return (time) => {
    const seconds = Number((time - start) / 1_000_000_000n);
    if (seconds >= 0) return liveIncident(seconds - FIRST_LIVE_AFTER);
    const minutes = seconds / 60;
    if (minutes < -DAY_MINUTES) return history(time);
    return LAST_DAY.find(({ from, to }) => minutes >= from && minutes < to)?.incident ?? null;
  };
}

function liveIncident(seconds: number): Incident | null {
  if (seconds < 0 || seconds % LIVE_EVERY >= LIVE_LASTS) return null;
  return Math.floor(seconds / LIVE_EVERY) % 2 === 0 ? PAYMENT_PROVIDER_FAILS : POOL_EXHAUSTED;
}
