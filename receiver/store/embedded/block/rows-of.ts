import { Chunk } from '../chunk/chunk.ts';
import { encodeRecords } from '../chunk/encode-append.ts';
import type { Block } from './block.ts';

/** Records of a block in row form again, sequences included, for merging undersized blocks and for pruning some of them. */
export function rowsOf(block: Block, rows: Iterable<number> = block.times.keys()): Chunk {
  const wanted = Array.from(rows);
  const chunk = Chunk.read(encodeRecords(wanted.map((row) => block.record(row))));
  for (const [place, row] of wanted.entries()) chunk.setSequence(place, block.sequences[row]!);
  return chunk;
}
