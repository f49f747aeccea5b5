import { type BlockHeader, readBlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { DamagedBytesError } from '../bytes.ts';
import { Chunk } from '../chunk/chunk.ts';
import type { Day } from '../day.ts';
import { type DayCounts, NO_COUNTS, readSealedCounts } from './day-counts.ts';
import type { DayFile } from './day-file.ts';
import { HotChunk, HotRows } from './hot-rows.ts';

/** A sealed block as a listing has it. */
export interface ListedBlock {
  readonly id: number;
  readonly header: BlockHeader;
  readonly headerBytes: number;
}

/** What the records of a day's blocks say of their severity. */
export interface Severity {
  readonly severityNumber: number;
  readonly severityText: string;
}

/** All of a day that a read starts from: one state of its file, as it was at one moment. */
export interface DayListing {
  readonly day: Day;
  readonly blocks: readonly ListedBlock[];
  readonly hot: HotRows;
  /** The counts of sealed records; hot ones are counted by `hot`. */
  readonly sealed: DayCounts;
  /** Each pair that occurs in sealed records; null when there are too many to hold. */
  readonly severities: readonly Severity[] | null;
  /** What ids in blocks stand for. */
  readonly parts: DayParts;
  /** About how many bytes of memory it takes. */
  readonly heldBytes: number;
}

/** Severity pairs are few but for clients that write numbers into the text. */
const SEVERITIES_HELD = 1000;
/** What a header takes decoded, by its bytes, and a block's entry beside it. */
const HEADER_FACTOR = 8;
const BLOCK_BYTES = 500;
/** What a logger's entry takes beside its counts, and a count. */
const LOGGER_BYTES = 400;
const COUNT_BYTES = 6;

export function emptyListing(day: Day, parts: DayParts): DayListing {
  return { day, blocks: [], hot: HotRows.NONE, sealed: NO_COUNTS, severities: [], parts, heldBytes: 0 };
}

/**
 * Reads a day's listing, in one transaction. Only what is new since `known` is read: blocks and chunks never change.
 * Damaged ones are left out, and `onDamage` told of each.
 */
export function readListing(
  file: DayFile,
  { day, known, parts }: { readonly day: Day; readonly known: DayListing | undefined; readonly parts: DayParts },
  onDamage: (error: unknown) => void,
): DayListing {
  return file.inSnapshot(() => {
    const blockIds = file.blockIds();
    const blocks = listBlocks(file, blockIds, known?.blocks ?? [], onDamage);
    const hot = listHot(file, known?.hot ?? HotRows.NONE, onDamage);
    // Counts of sealed records change only with the blocks.
    const isSameSealed = known !== undefined && haveSameIds(known.blocks, blocks);
    const sealed = isSameSealed ? known.sealed : readSealedCounts(file.loggers(), onDamage);
    const severities = isSameSealed ? known.severities : listSeverities(file);
    const heldBytes =
      blocks.reduce((bytes, { headerBytes }) => bytes + headerBytes * HEADER_FACTOR + BLOCK_BYTES, 0) +
      hot.heldBytes +
      sealed.loggers.length * LOGGER_BYTES +
      sealed.cells.length * COUNT_BYTES;
    return { day, blocks, hot, sealed, severities, parts, heldBytes };
  });
}

function listBlocks(
  file: DayFile,
  ids: readonly number[],
  known: readonly ListedBlock[],
  onDamage: (error: unknown) => void,
): ListedBlock[] {
  const knownById = new Map(known.map((block) => [block.id, block]));
  return ids.flatMap((id) => {
    const block = knownById.get(id);
    if (block) return [block];
    const bytes = file.header(id);
    const header = bytes && readOrReport(() => readBlockHeader(bytes), onDamage);
    return header ? [{ id, header, headerBytes: bytes.length }] : [];
  });
}

function listHot(file: DayFile, known: HotRows, onDamage: (error: unknown) => void): HotRows {
  const ids = file.hotIds();
  if (ids.length === known.chunks.size && ids.every((id) => known.chunks.has(id))) return known;
  const chunks = new Map<number, HotChunk>();
  for (const id of ids) {
    const bytes = known.chunks.has(id) ? null : file.chunk(id);
    const chunk = known.chunks.get(id) ?? (bytes && readOrReport(() => new HotChunk(Chunk.read(bytes)), onDamage));
    if (chunk) chunks.set(id, chunk);
  }
  return new HotRows(chunks);
}

function listSeverities(file: DayFile): Severity[] | null {
  const pairs = file.severities(SEVERITIES_HELD + 1);
  if (pairs.length > SEVERITIES_HELD) return null;
  return pairs.map(([severityNumber, severityText]) => ({ severityNumber, severityText }));
}

/** Ids ascend and are never given twice, so number and last one tell. */
function haveSameIds(one: readonly ListedBlock[], other: readonly ListedBlock[]): boolean {
  return one.length === other.length && one.at(-1)?.id === other.at(-1)?.id;
}

function readOrReport<T>(read: () => T, onDamage: (error: unknown) => void): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedBytesError)) throw error;
    onDamage(error);
    return null;
  }
}
