import { DamagedBytesError } from '../bytes.ts';
import type { BlockHeader } from './block-header.ts';
import { planesFor, planesOf, readPlanes, type SmallNumbers, writePlanes } from './planes.ts';
import { SectionReader, type SectionWriter } from './section.ts';
import { WholeNumbers, writeWholeNumbers } from './whole-numbers.ts';

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

/** Sites are read at once, the others when they are asked for. */
export function readPlacesSection(bytes: Uint8Array, { records, sites: siteTable }: BlockHeader): Places {
  const column = new SectionReader(bytes).column(0);
  const timeDistances = new WholeNumbers(column, records);
  const sequenceDistances = new WholeNumbers(column, records);
  const sites = readPlanes(column, records, siteTable.length);
  const resources = mostResources(siteTable);
  const laterRanks = planesFor(resources) === 0 ? null : column.nextLater();
  let times: Float64Array | undefined;
  let sequences: Float64Array | undefined;
  let ranks: SmallNumbers | undefined;
  return {
    sites,
    get times() {
      times ??= summed(timeDistances.all());
      return times;
    },
    get sequences() {
      sequences ??= summed(sequenceDistances.all());
      return sequences;
    },
    get ranks() {
      ranks ??= checkedRanks(planesOf(laterRanks?.bytes ?? null, records, resources), sites, siteTable);
      return ranks;
    },
  };
}

function checkedRanks(ranks: SmallNumbers, sites: SmallNumbers, siteTable: Sites): SmallNumbers {
  for (let row = 0; row < ranks.length; row++) {
    if (ranks[row]! >= siteTable[sites[row]!]!.resources.length) {
      throw new DamagedBytesError(`row ${row} is of a resource that its site does not have`);
    }
  }
  return ranks;
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
