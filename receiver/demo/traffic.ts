import { setTimeout as sleep } from 'node:timers/promises';
import type { Ingest } from '../ingest/ingest.ts';
import { type Clock, systemClock } from '../record/clock.ts';
import type { LogRecord } from '../record/log-record.ts';
import { generateTraffic, requestLines } from './generator.ts';
import { historicalIncidents, recurringIncidents } from './incidents.ts';
import { Random } from './random.ts';

const SEED = 20_261_121;
const DAYS_OF_HISTORY = 30;
/** 150 thousand records in all: enough to look lived in, little enough to be there in seconds. */
const RECORDS_PER_DAY = 5000;
const CHUNK = 500;
/** Rough size of a decoded record, for the ingest queue's limit. */
const RECORD_BYTES = 1000;
/** Requests per second while live; each leaves two to eleven lines. */
const LIVE_REQUESTS_PER_SECOND = 2;
/** The first live incident comes soon after the start, so that nobody has to wait for one. */
const FIRST_INCIDENT_AFTER = 15_000_000_000n;

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

/** Thirty days of history and live traffic, through the real ingest, until the signal aborts. */
export async function runDemoTraffic(ingest: Ingest, signal: AbortSignal, now: Clock = systemClock): Promise<void> {
  const start = now();
  await Promise.all([fillHistory(ingest, start, signal), sendLive(ingest, start, signal, now)]);
}

/** Newest day first: what a first look shows is there within a second or two. */
async function fillHistory(ingest: Ingest, start: bigint, signal: AbortSignal): Promise<void> {
  const incidents = historicalIncidents(SEED);
  for (let day = 0n; day < DAYS_OF_HISTORY; day++) {
    const to = start - day * DAY;
    let chunk: LogRecord[] = [];
    for (const record of generateTraffic({
      seed: SEED,
      from: to - DAY,
      to,
      recordsPerDay: RECORDS_PER_DAY,
      incidents,
    })) {
      chunk.push(record);
      if (chunk.length < CHUNK) continue;
      await submit(ingest, chunk, signal);
      if (signal.aborted) return;
      chunk = [];
    }
    if (chunk.length > 0) await submit(ingest, chunk, signal);
  }
}

async function sendLive(ingest: Ingest, start: bigint, signal: AbortSignal, now: Clock): Promise<void> {
  const random = new Random(SEED, Number(start / SECOND));
  const incidents = recurringIncidents(start + FIRST_INCIDENT_AFTER);
  while (await pause((-Math.log(1 - random.next()) / LIVE_REQUESTS_PER_SECOND) * 1000, signal)) {
    // A request is told when it is over: its lines reach back a second.
    await submit(ingest, requestLines(random, now() - SECOND, incidents), signal);
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
