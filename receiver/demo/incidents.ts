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

/** History: every other day or so has an incident of half an hour to two hours. */
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
  if (!random.chance(0.5)) return null;
  const incident = random.pick([PAYMENT_PROVIDER_FAILS, POOL_EXHAUSTED, INDEXER_STUCK, IMPORT_DIES]);
  const from = random.between(6 * 60, 20 * 60);
  return { incident, from, to: from + random.between(30, 120) };
}

/** Live: from `start` on, ninety seconds of trouble in every eight minutes, payments and the pool by turns. */
export function recurringIncidents(start: bigint): IncidentPlan {
  return (time) => {
    if (time < start) return null;
    const seconds = Number((time - start) / 1_000_000_000n);
    const round = Math.floor(seconds / 480);
    if (seconds % 480 >= 90) return null;
    return round % 2 === 0 ? PAYMENT_PROVIDER_FAILS : POOL_EXHAUSTED;
  };
}
