import type { Chunk } from '../chunk/chunk.ts';
import { KeyFilterBuilder } from '../filter/key-filter.ts';
import { TextFilterBuilder } from '../filter/text-filter.ts';
import { type WrittenHeader, writeBlockHeader } from './block-header.ts';
import { writeIdsSection } from './ids-section.ts';
import { writePlacesSection } from './places-section.ts';
import { Room } from './room.ts';
import { rowOrder } from './row-order.ts';
import { SectionWriter } from './section.ts';
import { SiteTable } from './site-table.ts';
import { ValueColumns } from './value-columns.ts';

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

/** Used by one block after the other, for they are large; they are empty when they have given their bytes. */
const section = new SectionWriter();
const filters = { keys: new KeyFilterBuilder(), texts: new TextFilterBuilder() };
const siteRoom = new Room((length) => new Uint32Array(length));
const rankRoom = new Room((length) => new Uint32Array(length));

/**
 * Makes a block of a chunk's rows (one at least, all of one day), whatever their order. Throws a DamagedBytesError for
 * values that are none.
 */
export function buildBlock(chunk: Chunk, dayIds: DayIds): EncodedBlock {
  // Whatever a chunk with damaged values left behind; in the filters it does no harm.
  section.clear();
  const { times, sequences, order } = sortedRows(chunk);
  const sites = new SiteTable(chunk);
  const records = chunk.size;
  const sitePlaces = siteRoom.take(records);
  const ranks = rankRoom.take(records);
  for (let row = 0; row < records; row++) {
    sites.find(order[row]!);
    sitePlaces[row] = sites.place;
    ranks[row] = sites.rank;
  }
  const columns = new ValueColumns(chunk, order, sites.sites);
  const body = columns.writeBody(section, filters);
  const attributes = columns.writeAttributes(section, filters);
  const ids = writeIdsSection(section, chunk, order, (start) => filters.keys.addTrace(chunk.bytes, start));
  const header: WrittenHeader = {
    records,
    minTime: times[0]!,
    maxTime: times[records - 1]!,
    minSequence: sequences.reduce((min, sequence) => Math.min(min, sequence)),
    maxSequence: sequences.reduce((max, sequence) => Math.max(max, sequence)),
    sites: sites.sites.map((site) => ({
      ...site,
      logger: dayIds.logger(site.logger),
      severity: dayIds.severity(site.severity),
      scope: dayIds.scope(site.scope),
      shape: columns.shapePlace(site.shape),
      resources: site.resources.map((place) => dayIds.resource(place)),
    })),
    keys: attributes.keys,
    shapes: columns.shapes,
  };
  return {
    records,
    minTime: header.minTime,
    maxTime: header.maxTime,
    header: writeBlockHeader(section, header),
    places: writePlacesSection(section, { times, sequences, sites: sitePlaces, ranks }, header.sites),
    ids,
    body,
    attributes: attributes.bytes,
    textFilter: filters.texts.finish(),
    keyFilter: filters.keys.finish(),
  };
}

/** Times and sequences in the block's order, and the chunk's rows in it. */
function sortedRows(chunk: Chunk) {
  const times = new Float64Array(chunk.size);
  const sequences = new Float64Array(chunk.size);
  for (let row = 0; row < chunk.size; row++) {
    times[row] = chunk.timeWithin(row);
    sequences[row] = chunk.sequence(row);
  }
  const order = rowOrder(times, sequences);
  return { order, times: inOrder(times, order), sequences: inOrder(sequences, order) };
}

function inOrder(numbers: Float64Array, order: Uint32Array): Float64Array {
  const sorted = new Float64Array(order.length);
  for (let row = 0; row < sorted.length; row++) sorted[row] = numbers[order[row]!]!;
  return sorted;
}
