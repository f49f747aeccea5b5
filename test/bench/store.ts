/**
 * `node test/bench/store.ts`: how fast the embedded store keeps records and how many bytes they take, beside bare
 * inserts of the same rows by `node:sqlite` into one table without an index, committed as often, in the same run.
 *
 *   node test/bench/store.ts [--records 200000] [--records-per-append 512] [--appends-at-once 4] [--days 30]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { openEmbeddedStore } from '../../receiver/store/embedded/embedded-store.ts';
import type { Batch } from '../../receiver/store/store.ts';
import { folderBytes } from './process.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    'records-per-append': { type: 'string', default: '512' },
    'appends-at-once': { type: 'string', default: '4' },
    days: { type: 'string', default: '30' },
  },
});
const records = Number(values.records);
const days = Number(values.days);
const appendsAtOnce = Number(values['appends-at-once']);

const batches = makeBatches(records, days, Number(values['records-per-append']));
const folder = mkdtempSync(join(tmpdir(), 'logvitals-bench-store-'));
try {
  const bare = storeBare(batches, join(folder, 'bare'));
  const embedded = await storeEmbedded(batches, join(folder, 'data'));
  console.log(`${records.toLocaleString('en')} records over ${days} days, ${values['records-per-append']} an append`);
  const row = (...cells: string[]) => console.log(cells.map((cell) => cell.padStart(22)).join(''));
  row('', 'records/s', 'CPU s/million records', 'bytes/record');
  for (const [name, { seconds, cpuSeconds, bytes }] of Object.entries({
    'embedded store': embedded,
    'bare inserts': bare,
  })) {
    const perMillion = (cpuSeconds / records) * 1e6;
    row(name, Math.round(records / seconds).toLocaleString('en'), perMillion.toFixed(2), (bytes / records).toFixed(0));
  }
  const ratio = (part: 'seconds' | 'cpuSeconds' | 'bytes') => embedded[part] / bare[part];
  row('ratio', (1 / ratio('seconds')).toFixed(2), ratio('cpuSeconds').toFixed(2), ratio('bytes').toFixed(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function makeBatches(records: number, days: number, size: number): Batch[] {
  const to = BigInt(Date.now()) * 1_000_000n;
  const from = to - BigInt(days) * 86_400_000_000_000n;
  const traffic = generateTraffic({ seed: 7, from, to, recordsPerDay: Math.ceil((records / days) * 1.1) });
  const all = traffic.take(records).toArray();
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => ({
    key: `batch ${index}`,
    records: all.slice(index * size, (index + 1) * size),
  }));
}

interface Measured {
  readonly seconds: number;
  /** Of all threads together. */
  readonly cpuSeconds: number;
  readonly bytes: number;
}

async function storeEmbedded(batches: readonly Batch[], directory: string): Promise<Measured> {
  const store = await openEmbeddedStore({ directory });
  const start = performance.now();
  const cpu = process.cpuUsage();
  const waiting = batches[Symbol.iterator]();
  const sendRest = async () => {
    for (const batch of waiting) await store.append([batch]);
  };
  await Promise.all(Array.from({ length: appendsAtOnce }, sendRest));
  const cpuSeconds = cpuSecondsSince(cpu);
  const seconds = (performance.now() - start) / 1000;
  await store.close();
  return { seconds, cpuSeconds, bytes: folderBytes(directory) };
}

/** The same rows, encoded beforehand, into one table. */
function storeBare(batches: readonly Batch[], directory: string): Measured {
  const appends = batches.map((batch) => Chunk.read(encodeAppend([batch], 0).chunk));
  mkdirSync(directory);
  const database = new DatabaseSync(join(directory, 'bare.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE record (sequence INTEGER PRIMARY KEY, day, time, logger, severity, data)');
  const insert = database.prepare('INSERT INTO record VALUES (NULL, ?, ?, ?, ?, ?)');
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (const chunk of appends) {
    database.exec('BEGIN');
    for (const [row, at] of chunk.rowStarts.entries()) {
      const data = chunk.bytes.subarray(at, chunk.rowEnd(row));
      insert.run(chunk.day(row), chunk.timeWithin(row), chunk.logger(row), chunk.severity(row), data);
    }
    database.exec('COMMIT');
  }
  const cpuSeconds = cpuSecondsSince(cpu);
  const seconds = (performance.now() - start) / 1000;
  database.close();
  return { seconds, cpuSeconds, bytes: folderBytes(directory) };
}

function cpuSecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
