import type { StoredRecord } from '../../../record/log-record.ts';
import type { Position } from '../position.ts';

/** A record of a block, decoded no further than it is asked. Damaged bytes throw a DamagedBytesError. */
export declare class BlockRecord implements Pick<StoredRecord, 'id'> {
  readonly id: string;
  readonly position: Position;
}
export interface BlockRecord extends StoredRecord {}
