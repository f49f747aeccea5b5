import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../commands/command.ts';
import type { Config } from '../config/config.ts';
import { createDiagnostics } from '../diagnostics.ts';
import { openPipeline } from '../pipeline.ts';
import { systemClock } from '../record/clock.ts';
import { Shutdown } from '../shutdown.ts';
import { Poster } from './poster.ts';
import type { ServerClient } from './server-client.ts';

/** What became of a request that was stored, or never will be. */
export interface Sent {
  /** Records refused; `'all'` when nothing of the request was stored. */
  readonly rejected: number | 'all';
  readonly reason: string;
}

/** Where imported requests go. */
export interface ImportTarget {
  /** Stores a request in OTLP's JSON encoding, waiting while the receiver is busy. Throws `CommandError` when going on makes no sense. */
  send(request: Buffer): Promise<Sent>;
  close(): Promise<void>;
}

/** One try: its end, or why and when to try again. */
type Attempt = Sent | { readonly retryAfterSeconds: number; readonly reason: string };

/** To a server; more would not make it quicker. */
const MOST_CONNECTIONS = 64;

/** A receiver that is busy for so many attempts has gone. */
const MOST_ATTEMPTS = 10;

/** Into a storage that no server has open, through the receiver's own way: the same limits, ignore rules and alerts. */
export async function storageTarget(config: Config): Promise<ImportTarget> {
  const shutdown = new Shutdown();
  const { handler } = await openPipeline(config, { now: systemClock, diagnostics: createDiagnostics() }, shutdown);
  return {
    send: (request) =>
      untilDone(async () => {
        const outcome = await handler.export(request, 'json');
        if (outcome.kind === 'accepted') return { rejected: outcome.rejected, reason: outcome.message };
        const { message: reason, retryAfterSeconds } = outcome;
        return retryAfterSeconds === undefined ? { rejected: 'all', reason } : { retryAfterSeconds, reason };
      }),
    close: () => shutdown.run(),
  };
}

/** To a running server's OTLP/HTTP endpoint, whose path is `logsPath`. */
export function serverTarget(client: ServerClient, logsPath: string): ImportTarget {
  const poster = new Poster(client.address + logsPath, client.headers, MOST_CONNECTIONS);
  return {
    send: (request) =>
      untilDone(async () => {
        const { status, body, retryAfter } = await poster.post(request).catch((error) => {
          throw client.unreachable(error);
        });
        if (status === 200) return partialSuccess(JSON.parse(body));
        if (status === 400 || status === 413) return { rejected: 'all', reason: messageOf(body) };
        if (status !== 429 && status !== 503) throw client.refusal(status, body);
        return { retryAfterSeconds: Number(retryAfter ?? 1), reason: messageOf(body) };
      }),
    async close() {
      poster.close();
    },
  };
}

async function untilDone(attempt: () => Promise<Attempt>): Promise<Sent> {
  for (let attempts = 1; ; attempts++) {
    const result = await attempt();
    if ('rejected' in result) return result;
    if (attempts === MOST_ATTEMPTS) throw new CommandError(`the import is broken off: ${result.reason}`);
    await sleep(result.retryAfterSeconds * 1000);
  }
}

/** An ExportLogsServiceResponse in JSON, whose 64-bit numbers are strings. */
function partialSuccess(response: unknown): Sent {
  const { partialSuccess } = response as {
    partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string };
  };
  return { rejected: Number(partialSuccess?.rejectedLogRecords ?? 0), reason: partialSuccess?.errorMessage ?? '' };
}

/** The message of a google.rpc.Status in JSON. */
function messageOf(status: string): string {
  try {
    return String((JSON.parse(status) as { message?: unknown }).message);
  } catch {
    return JSON.stringify(status.slice(0, 200));
  }
}
