import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { shiftTimes } from './shift-times.ts';
import type { Part, PartOrder } from './workload-part.ts';

const SEED = 7;
const DAYS = 30;
const DAY = 86_400_000_000_000n;
const MINUTE = 60_000_000_000n;
/** Where the generated time ends; requests are moved from there to the present as they are read. */
const GENERATED_TO = BigInt(Date.UTC(2026, 0, 31)) * 1_000_000n;
export const RARE_TEXT = 'Flux-Capacitor underrun';
const RARE_EVERY = 50_000;
/** Bodies kept for the scan that queries are held against. */
const BODIES = 100_000;

/** Requests to send, in order. */
export interface Requests {
  readonly requests: number;
  request(index: number): Buffer;
}

/** Thirty days of traffic up to now, ready to send, and what the queries ask about it. */
export interface Workload extends Requests {
  readonly records: number;
  readonly bytes: number;
  /** The logger with the most errors. */
  readonly errorLogger: { readonly service: string; readonly logger: string };
  /** A record from the middle. */
  readonly known: Part['known'];
  /** One body of every `records / bodies.length`. */
  readonly bodies: readonly string[];
  /** The same records, so many nanoseconds earlier: to a server they are others. */
  earlier(nanoseconds: bigint): Requests;
  close(): void;
}

/**
 * About so many records, generated in as many threads as there are cores. They are kept in the system's temporary
 * folder for the next run; the records held in memory are a sample.
 */
export async function openWorkload(records: number): Promise<Workload> {
  const folder = cacheFolder(records);
  if (!existsSync(folder)) await makeParts(records, folder);
  const parts: Part[] = JSON.parse(readFileSync(join(folder, 'parts.json'), 'utf8'));
  const files = parts.map((_, index) => openSync(partPath(folder, index), 'r'));
  const requests = parts.flatMap(({ lengths }, part) => {
    let start = 0;
    return lengths.map((length) => {
      start += length;
      return { file: files[part]!, start: start - length, length };
    });
  });
  const toNow = ((BigInt(Date.now()) * 1_000_000n - GENERATED_TO) / MINUTE) * MINUTE;
  const earlier = (nanoseconds: bigint): Requests => ({
    requests: requests.length,
    request(index) {
      const { file, start, length } = requests[index]!;
      const bytes = Buffer.allocUnsafe(length);
      readSync(file, bytes, 0, length, start);
      shiftTimes(bytes, toNow - nanoseconds);
      return bytes;
    },
  });
  return {
    ...earlier(0n),
    earlier,
    records: parts.reduce((sum, part) => sum + part.records, 0),
    bytes: requests.reduce((sum, { length }) => sum + length, 0),
    errorLogger: mostErrors(parts),
    known: parts[(parts.length - 1) >> 1]!.known,
    bodies: parts.flatMap(({ bodies }) => bodies),
    close: () => files.forEach(closeSync),
  };
}

/** One folder per number of records; it goes when what makes the records has changed. */
function cacheFolder(records: number): string {
  const hash = createHash('sha256');
  for (const folder of ['../../receiver/demo', '.']) {
    const sources = join(import.meta.dirname, folder);
    const names = folder === '.' ? ['encode.ts', 'workload.ts', 'workload-part.ts'] : readdirSync(sources).sort();
    for (const name of names) hash.update(readFileSync(join(sources, name)));
  }
  return join(tmpdir(), `logvitals-bench-${records}-${hash.digest('hex').slice(0, 16)}`);
}

async function makeParts(records: number, folder: string): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(`logvitals-bench-${records}-`)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  const making = `${folder}-${process.pid}`;
  mkdirSync(making);
  const count = availableParallelism();
  const from = GENERATED_TO - BigInt(DAYS) * DAY;
  const limitOf = (part: number) => from + (BigInt(DAYS) * DAY * BigInt(part)) / BigInt(count);
  const parts = await Promise.all(
    Array.from({ length: count }, (_, part) =>
      makePart({
        path: partPath(making, part),
        seed: SEED,
        from: limitOf(part),
        to: limitOf(part + 1),
        recordsPerDay: records / DAYS,
        rareEvery: RARE_EVERY,
        rareText: RARE_TEXT,
        sampleEvery: Math.ceil(records / BODIES),
      }),
    ),
  );
  writeFileSync(join(making, 'parts.json'), JSON.stringify(parts));
  renameSync(making, folder);
}

function makePart(order: PartOrder): Promise<Part> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./workload-part.ts', import.meta.url), { workerData: order });
    worker.once('message', resolve).once('error', reject);
  });
}

const partPath = (folder: string, part: number): string => join(folder, `requests-${part}`);

function mostErrors(parts: readonly Part[]): { service: string; logger: string } {
  const counts = new Map<string, { service: string; logger: string; count: number }>();
  for (const { service, logger, count } of parts.flatMap(({ errors }) => errors)) {
    const key = `${service}\n${logger}`;
    counts.set(key, { service, logger, count: count + (counts.get(key)?.count ?? 0) });
  }
  const [most] = [...counts.values()].sort((one, other) => other.count - one.count);
  return { service: most!.service, logger: most!.logger };
}
