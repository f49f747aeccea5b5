import type { Chunk } from '../chunk/chunk.ts';

/** The day file's ids of what a chunk's tables hold, by place there. */
export interface DayIds {
  logger(place: number): number;
  severity(place: number): number;
  resource(place: number): number;
  scope(place: number): number;
}

/** A block in the bytes that are stored: the header, the sections, and the filters that stand beside them. */
export interface EncodedBlock {
  readonly records: number;
  /** Nanoseconds since the day's start. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly header: Uint8Array;
  readonly places: Uint8Array;
  readonly ids: Uint8Array;
  readonly body: Uint8Array;
  readonly attributes: Uint8Array;
  readonly textFilter: Uint8Array;
  readonly keyFilter: Uint8Array;
}

/** Makes a block of a chunk's rows, which are of one day, whatever their order. */
export declare function buildBlock(chunk: Chunk, dayIds: DayIds): EncodedBlock;
