/**
 * `node test/bench/block.ts`: what sealing records into blocks costs and how small the blocks are, part by part, beside
 * plain zstd of the same rows; and how long a block takes to be opened and read.
 *
 *   node test/bench/block.ts [--rows 8192] [--per-day 66000] [--rounds 8]
 */
import { parseArgs } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { Block } from '../../receiver/store/embedded/block/block.ts';
import { readBlockHeader } from '../../receiver/store/embedded/block/block-header.ts';
import type { BlockSource } from '../../receiver/store/embedded/block/block-source.ts';
import { buildBlock, type EncodedBlock } from '../../receiver/store/embedded/block/build-block.ts';
import { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { encodeRecords } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { chunkParts } from '../helpers/chunk-parts.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '8192' },
    'per-day': { type: 'string', default: '66000' },
    rounds: { type: 'string', default: '8' },
  },
});
const PARTS = ['header', 'places', 'ids', 'body', 'attributes', 'textFilter', 'keyFilter'] as const;
/** Records are of one day: goal figures are for 2 million over 30 days. */
const DAY_START = BigInt(Date.UTC(2026, 10, 20)) * 1_000_000n;

const chunks = makeChunks(Number(values.rows), Number(values['per-day']));
const records = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
const blocks = chunks.map(build);

console.log(`${records.toLocaleString('en')} records in ${blocks.length} blocks`);
console.log('\nbytes per record');
for (const part of PARTS) print(part, sum(blocks.map((block) => block[part].length)) / records, '');
print('together', sum(blocks.flatMap((block) => PARTS.map((part) => block[part].length))) / records, '');
print('rows, zstd level 3', sum(chunks.map((chunk) => zstd(chunk, 3).length)) / records, '');

console.log('\nµs per record');
print('buildBlock', timeEach(chunks, build), '');
print(
  'rows, zstd level 1',
  timeEach(chunks, (chunk) => zstd(chunk, 1)),
  '',
);
print(
  'rows, zstd level 3',
  timeEach(chunks, (chunk) => zstd(chunk, 3)),
  '',
);

console.log('\nµs per block');
const { size } = chunks[0]!;
const opened = chunks.map((_, place) => open(place));
const timeBlocks = (work: (block: Block) => unknown, prepare = open) =>
  timeEach(
    chunks.map((_, place) => place),
    (place) => work(prepare(place)),
  ) * size;
print(
  'open: header and places',
  timeBlocks((block) => block.times),
  '',
);
print(
  'attribute column',
  timeBlocks((block) => block.attribute('user.id')!.value(0)),
  'with header and places',
);
print(
  'trace ids',
  timeBlocks((block) => block.traces.hex(0)),
  'with header and places',
);
print(
  'body column',
  timeBlocks((block) => block.body.value(0)),
  'with header and places',
);
print(
  'body contains a word',
  timeBlocks(
    (block) => block.body.markContaining('order', null, new Uint8Array(block.size)),
    (place) => opened[place]!,
  ),
  'opened before',
);
print(
  'body contains nothing such',
  timeBlocks(
    (block) => block.body.markContaining('xyzzy', null, new Uint8Array(block.size)),
    (place) => opened[place]!,
  ),
  'opened before',
);
print('50 records whole', timeBlocks(materialize), 'with all sections');
print(
  '50 records whole',
  timeBlocks(materialize, (place) => opened[place]!),
  'opened before',
);
print('memory held, kB', sum(opened.map((block) => block.heldBytes)) / opened.length / 1000, '');

function makeChunks(rows: number, perDay: number): Chunk[] {
  const to = DAY_START + 86_400_000_000_000n;
  const all = generateTraffic({ seed: 7, from: DAY_START, to, recordsPerDay: perDay }).toArray();
  return Array.from({ length: Math.floor(all.length / rows) }, (_, index) => {
    const chunk = Chunk.read(encodeRecords(all.slice(index * rows, (index + 1) * rows)));
    for (let row = 0; row < chunk.size; row++) chunk.setSequence(row, index * rows + row + 1);
    return chunk;
  });
}

function build(chunk: Chunk): EncodedBlock {
  const same = (place: number) => place;
  return buildBlock(chunk, { logger: same, severity: same, resource: same, scope: same });
}

function open(place: number): Block {
  const encoded = blocks[place]!;
  const source: BlockSource = {
    day: chunks[place]!.day(0),
    parts: chunkParts(chunks[place]!),
    section: (name) => encoded[name],
  };
  return new Block(source, readBlockHeader(encoded.header));
}

function materialize(block: Block): number {
  let found = 0;
  for (let row = block.size - 50; row < block.size; row++) {
    const record = block.record(row);
    found += record.attributes.keys().toArray().length + String(record.body).length + record.id.length;
    found +=
      record.traceId.length + record.spanId.length + record.service.length + Number(record.observedTimestamp & 1n);
  }
  return found;
}

function zstd(chunk: Chunk, level: number): Buffer {
  return zstdCompressSync(chunk.bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** The quickest of the rounds for each item, in µs for each record: what else the machine does counts as little as can be. */
function timeEach<T>(items: readonly T[], work: (item: T) => unknown): number {
  const best = items.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [place, item] of items.entries()) {
      const start = performance.now();
      work(item);
      best[place] = Math.min(best[place]!, performance.now() - start);
    }
  }
  return (sum(best) * 1000) / (items.length * Number(values.rows));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function print(name: string, value: number, note: string): void {
  console.log(`  ${name.padEnd(28)}${value.toFixed(2).padStart(10)}  ${note}`);
}
