import { DamagedBytesError } from '../bytes.ts';
import type { BlockHeader } from './block-header.ts';
import { readPlanes, type SmallNumbers, writePlanes } from './planes.ts';
import { SectionReader, type SectionWriter } from './section.ts';
import { readWholeNumbers, writeWholeNumbers } from './whole-numbers.ts';

/** Where the rows of a block stand: in time, in the order of arrival, among its sites and the sites' resources. */
export interface Places {
  /** Nanoseconds since the day's start, ascending. */
  readonly times: Float64Array;
  readonly sequences: Float64Array;
  /** Places in the header's sites. */
  readonly sites: SmallNumbers;
  /** Places among the site's resources. */
  readonly ranks: SmallNumbers;
}

type Sites = BlockHeader['sites'];

/** One column: times as distances from the one before, sequences likewise, sites, ranks. */
export function writePlacesSection(
  section: SectionWriter,
  { times, sequences, sites, ranks }: Places & { readonly sites: Uint32Array; readonly ranks: Uint32Array },
  siteTable: Sites,
): Uint8Array {
  writeWholeNumbers(section, distances(times));
  writeWholeNumbers(section, distances(sequences));
  writePlanes(section, sites, siteTable.length);
  writePlanes(section, ranks, mostResources(siteTable));
  section.endColumn();
  return section.finish();
}

export function readPlacesSection(bytes: Uint8Array, { records, sites }: BlockHeader): Places {
  const column = new SectionReader(bytes).column(0);
  const places = {
    times: summed(readWholeNumbers(column, records)),
    sequences: summed(readWholeNumbers(column, records)),
    sites: readPlanes(column, records, sites.length),
    ranks: readPlanes(column, records, mostResources(sites)),
  };
  for (let row = 0; row < records; row++) {
    if (places.ranks[row]! >= sites[places.sites[row]!]!.resources.length) {
      throw new DamagedBytesError(`row ${row} is of a resource that its site does not have`);
    }
  }
  return places;
}

function mostResources(sites: Sites): number {
  return sites.reduce((most, { resources }) => Math.max(most, resources.length), 0);
}

/** The first number stands as it is. */
function distances(numbers: Float64Array): Float64Array {
  const distances = new Float64Array(numbers.length);
  let before = 0;
  for (let index = 0; index < distances.length; index++) {
    const number = numbers[index]!;
    distances[index] = number - before;
    before = number;
  }
  return distances;
}

function summed(distances: Float64Array): Float64Array {
  for (let index = 1; index < distances.length; index++) distances[index]! += distances[index - 1]!;
  return distances;
}
