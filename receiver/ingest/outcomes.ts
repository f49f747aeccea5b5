import type { IngestOutcome } from './ingest.ts';

/** Outcomes that name a delay name one each, at random, so that clients do not come back all at once. */
export function overloaded(): IngestOutcome {
  return { status: 'overloaded', retryAfterSeconds: secondsTo(5) };
}

/** `reason` is shown to clients. */
export function unavailable(reason: string): IngestOutcome {
  return { status: 'unavailable', retryAfterSeconds: secondsTo(9), reason };
}

/** 1 to `most`; exporters give up when told to wait 10 (O22). */
function secondsTo(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}
