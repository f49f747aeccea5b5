import type { Resource, Scope } from '../../../record/log-record.ts';
import type { Day } from '../day.ts';

/** A resource or scope of a day file: its stored bytes, and what they stand for, decoded when first asked for. */
export interface StoredPart<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

/** What the numbers in a day's blocks stand for. Each throws a DamagedBytesError for a number the day's file does not know. */
export interface DayParts {
  logger(id: number): { readonly service: string; readonly logger: string };
  severity(id: number): { readonly number: number; readonly text: string };
  resource(id: number): StoredPart<Resource>;
  scope(id: number): StoredPart<Scope>;
}

/** The parts of a block beside its header, each packed, checked and fetched by itself. */
export type SectionName = 'places' | 'ids' | 'body' | 'attributes';

/** What a reader hands in: sections are fetched and unpacked when first asked for. */
export interface BlockSource {
  readonly day: Day;
  readonly parts: DayParts;
  section(name: SectionName): Uint8Array;
}
