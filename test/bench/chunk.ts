/**
 * `node test/bench/chunk.ts`: what a chunk costs on its way to the disk, in microseconds a record, beside copying the
 * same bytes. Records are decoded from OTLP requests of 512, as the receiver gives them to the store.
 *
 *   node test/bench/chunk.ts [--requests 16]
 */
import { parseArgs } from 'node:util';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { runAtOnce } from '../../receiver/otlp/decode/drive.ts';
import { readRequest } from '../../receiver/otlp/read-request.ts';
import { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { HotRecord } from '../../receiver/store/embedded/chunk/hot-record.ts';
import { mergeChunks, selectRows } from '../../receiver/store/embedded/chunk/merge-chunks.ts';
import type { Batch } from '../../receiver/store/store.ts';
import { encodeRequest } from './encode.ts';

const RECORDS_PER_REQUEST = 512;
/** As many as are sealed together. */
const CHUNKS_MERGED = 16;
const ROUNDS = 100;
const LIMITS = { valueBytes: 1 << 20, recordWeight: 4 << 20, requestWeight: 512 << 20 };

const { values } = parseArgs({ options: { requests: { type: 'string', default: '16' } } });
const batches = decodedBatches(Number(values.requests));
const chunks = batches.map((batch) => encodeAppend([batch], 0).chunk);
const records = batches.length * RECORDS_PER_REQUEST;
const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
console.log(`${records.toLocaleString('en')} records, ${(bytes / records).toFixed(0)} bytes each in their chunks`);

const read = chunks.map((chunk) => Chunk.read(chunk));
const merged = mergeChunks(read.slice(0, CHUNKS_MERGED));
const everyOther = Array.from({ length: merged.size / 2 }, (_, index) => index * 2);

measure('copy the bytes', records, () => {
  for (const chunk of chunks) chunk.slice();
});
measure('encodeAppend', records, () => {
  for (const batch of batches) encodeAppend([batch], 0);
});
measure('Chunk.read', records, () => {
  for (const chunk of chunks) Chunk.read(chunk);
});
measure('Chunk.read with a checksum', merged.size, () => {
  Chunk.read(merged.withChecksum());
});
measure(`mergeChunks, ${CHUNKS_MERGED} at a time`, merged.size, () => {
  mergeChunks(read.slice(0, CHUNKS_MERGED));
});
measure('selectRows, every other', everyOther.length, () => {
  selectRows(merged, everyOther);
});
let found = 0;
measure('HotRecord, body and one attribute', merged.size, () => {
  for (let row = 0; row < merged.size; row++) {
    const { body, attributes } = new HotRecord(merged, row);
    if (body !== null && attributes.get('user.id') !== undefined) found++;
  }
});
if (found === 0) throw new Error('no record was read as it was written');

/** The best of some rounds: other programs only ever make it slower. */
function measure(name: string, records: number, run: () => void): void {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${name.padEnd(40)}${((best * 1000) / records).toFixed(3).padStart(8)} µs/record`);
}

function decodedBatches(requests: number): Batch[] {
  const to = BigInt(Date.now()) * 1_000_000n;
  const from = to - 86_400_000_000_000n;
  const wanted = requests * RECORDS_PER_REQUEST;
  const records = generateTraffic({ seed: 7, from, to, recordsPerDay: Math.ceil(wanted * 1.2) })
    .take(wanted)
    .toArray();
  return Array.from({ length: requests }, (_, index) => {
    const ofRequest = records.slice(index * RECORDS_PER_REQUEST, (index + 1) * RECORDS_PER_REQUEST);
    const request = runAtOnce(readRequest(encodeRequest(ofRequest), 'protobuf', LIMITS, 1n));
    return { key: null, records: request.records };
  });
}
