import { setTimeout as sleep } from 'node:timers/promises';
import type { Ingest } from '../ingest/ingest.ts';
import { type Clock, systemClock } from '../record/clock.ts';
import type { LogRecord } from '../record/log-record.ts';
import { generateEvents, liveEvents } from './events.ts';
import { generateTraffic, requestLines } from './generator.ts';
import { demoIncidents, type IncidentPlan } from './incidents.ts';
import { Random } from './random.ts';

const SEED = 20_261_121;
const DAYS_OF_HISTORY = 30;
/** 175 thousand records in all: enough to look lived in, little enough to be there in seconds. */
const RECORDS_PER_DAY = 4800;
/** The last day is busier, so that the end of history and the live traffic fit together. */
const RECORDS_OF_LAST_DAY = 36_000;
const CHUNK = 500;
/** Rough size of a decoded record, for the ingest queue's limit. */
const RECORD_BYTES = 1000;
/** Requests per second while live; each leaves two to eleven lines. More would dwarf the history beside them. */
const LIVE_REQUESTS_PER_SECOND = 0.4;
const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

/** Thirty days of history and live traffic, through the real ingest, until the signal aborts. */
export async function runDemoTraffic(ingest: Ingest, signal: AbortSignal, now: Clock = systemClock): Promise<void> {
  const start = now();
  const incidents = demoIncidents(SEED, start);
  await Promise.all([fillHistory(ingest, start, incidents, signal), sendLive(ingest, now, incidents, signal)]);
}

/** Newest day first: what a first look shows is there within a second or two. */
async function fillHistory(ingest: Ingest, start: bigint, incidents: IncidentPlan, signal: AbortSignal): Promise<void> {
  for (let day = 0n; day < DAYS_OF_HISTORY; day++) {
    const to = start - day * DAY;
    const recordsPerDay = day === 0n ? RECORDS_OF_LAST_DAY : RECORDS_PER_DAY;
    const records = generateTraffic({ seed: SEED, from: to - DAY, to, recordsPerDay, incidents });
    const events = generateEvents({ seed: SEED, from: to - DAY, to });
    for (const chunk of [events, records].values().flatMap((each) => chunks(each, CHUNK))) {
      await submit(ingest, chunk, signal);
      if (signal.aborted) return;
    }
  }
}

function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

async function sendLive(ingest: Ingest, now: Clock, incidents: IncidentPlan, signal: AbortSignal): Promise<void> {
  const random = new Random(SEED, Number(now() / SECOND));
  while (await pause((-Math.log(1 - random.next()) / LIVE_REQUESTS_PER_SECOND) * 1000, signal)) {
    // A request is told when it is over: its lines reach back a second.
    const records = requestLines(random, now() - SECOND, incidents);
    await submit(ingest, [...records, ...liveEvents(random, now() - SECOND)], signal);
  }
}

/** Sends records, again when there is no room, and leaves room for others. */
async function submit(ingest: Ingest, records: readonly LogRecord[], signal: AbortSignal): Promise<void> {
  const request = { batch: { key: null, records }, bytes: records.length * RECORD_BYTES };
  for (;;) {
    const outcome = await ingest.submit(request);
    if (outcome.status === 'stored' || outcome.status === 'failed') break;
    if (!(await pause(outcome.retryAfterSeconds * 1000, signal))) break;
  }
  await pause(0, signal);
}

/** False when the signal aborted meanwhile. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}
