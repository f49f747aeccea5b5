import type { StoredRecord } from '../../../record/log-record.ts';
import type { Position } from '../position.ts';
import type { Chunk } from './chunk.ts';

/** A row of a chunk as a record, decoded no further than it is asked. Damaged bytes throw a DamagedBytesError. */
export declare class HotRecord implements Pick<StoredRecord, 'id'> {
  constructor(chunk: Chunk, row: number);
  readonly id: string;
  readonly position: Position;
  readonly chunk: Chunk;
  readonly row: number;
  /** The stored bytes, which records of one chunk share. */
  readonly resourceBytes: Uint8Array;
  readonly scopeBytes: Uint8Array;
  /** The texts that words are looked for in, folded: the body's, then the stack trace's if there is one. Held once made. */
  readonly foldedTexts: readonly string[];
}
export interface HotRecord extends StoredRecord {}
