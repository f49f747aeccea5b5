import type { Chunk } from '../chunk/chunk.ts';
import { HotRecord } from '../chunk/hot-record.ts';
import { isBefore, type Place } from './block-rows.ts';
import { countHotRecords, type DayCounts } from './day-counts.ts';

/** What a record of a chunk takes in memory beside its bytes, about. */
const RECORD_BYTES = 200;
/** What is decoded and remembered of a record, by its bytes. */
const DECODED_FACTOR = 3;

/** The records of a day that were not sealed yet, in memory and in order. */
export class HotRows {
  static readonly NONE = new HotRows(new Map());

  /** By their ids in the day's file. */
  readonly chunks: ReadonlyMap<number, HotChunk>;
  /** Oldest first. */
  readonly records: readonly HotRecord[];
  #counts: DayCounts | undefined;

  constructor(chunks: ReadonlyMap<number, HotChunk>) {
    this.chunks = chunks;
    // Chunks are sorted for themselves and come in order nearly always, which sorting makes use of.
    this.records = [...chunks.values()].flatMap((chunk) => chunk.records).sort(compareRecords);
  }

  /** What they add up to, counted when first asked for. */
  get counts(): DayCounts {
    this.#counts ??= countHotRecords(this.records);
    return this.#counts;
  }

  get heldBytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks.values()) bytes += chunk.heldBytes;
    return bytes;
  }

  /** Which of the records is the first that does not stand before a place. */
  placeOf(place: Place): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.records[middle]!.position, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A chunk's records, oldest first. */
export class HotChunk {
  readonly records: readonly HotRecord[];
  readonly heldBytes: number;

  constructor(chunk: Chunk) {
    const records: HotRecord[] = [];
    for (let row = 0; row < chunk.size; row++) records.push(new HotRecord(chunk, row));
    this.records = records.sort(compareRecords);
    this.heldBytes = chunk.bytes.length * DECODED_FACTOR + records.length * RECORD_BYTES;
  }
}

function compareRecords(one: HotRecord, other: HotRecord): number {
  return isBefore(one.position, other.position) ? -1 : 1;
}
