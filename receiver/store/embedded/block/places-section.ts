import { DamagedBytesError } from '../bytes.ts';
import type { BlockHeader } from './block-header.ts';
import type { LaterBytes } from './later-bytes.ts';
import { planesFor, planesOf, readPlanes, type SmallNumbers, writePlanes } from './planes.ts';
import type { ColumnReader, SectionWriter } from './section.ts';
import { WholeNumbers, writeWholeNumbers } from './whole-numbers.ts';

/** Where the rows of a block stand: in time, in the order of arrival, among its sites and the sites' resources. */
interface WrittenPlaces {
  /** Nanoseconds since the day's start, ascending. */
  readonly times: Float64Array;
  readonly sequences: Float64Array;
  /** Places in the header's sites. */
  readonly sites: Uint32Array;
  /** Places among the site's resources. */
  readonly ranks: Uint32Array;
}

type Sites = BlockHeader['sites'];

/** One column: times as distances from the one before, sequences likewise, sites, ranks. */
export function writePlacesSection(
  section: SectionWriter,
  { times, sequences, sites, ranks }: WrittenPlaces,
  siteTable: Sites,
): Uint8Array {
  writeWholeNumbers(section, distances(times));
  writeWholeNumbers(section, distances(sequences));
  writePlanes(section, sites, siteTable.length);
  writePlanes(section, ranks, mostResources(siteTable));
  section.endColumn();
  return section.finish();
}

/** What `writePlacesSection` wrote; sites are read at once, the others when they are asked for. */
export class Places {
  readonly sites: SmallNumbers;
  readonly times: RunningSums;
  readonly sequences: RunningSums;
  readonly #siteTable: Sites;
  readonly #laterRanks: LaterBytes | null;
  #ranks: SmallNumbers | undefined;

  constructor(column: ColumnReader, { records, sites: siteTable }: BlockHeader) {
    this.times = new RunningSums(new WholeNumbers(column, records));
    this.sequences = new RunningSums(new WholeNumbers(column, records));
    this.sites = readPlanes(column, records, siteTable.length);
    this.#siteTable = siteTable;
    this.#laterRanks = planesFor(mostResources(siteTable)) === 0 ? null : column.nextLater();
  }

  /** The day's id of a row's resource. */
  resourceOf(row: number): number {
    const { resources } = this.#siteTable[this.sites[row]!]!;
    // Most sites have one, and nothing has to be unpacked for it.
    const resource = resources.length === 1 ? resources[0] : resources[this.#knownRanks[row]!];
    if (resource === undefined) throw new DamagedBytesError(`row ${row} is of a resource that its site does not have`);
    return resource;
  }

  get heldBytes(): number {
    return this.times.heldBytes + this.sequences.heldBytes + this.sites.byteLength + (this.#ranks?.byteLength ?? 0);
  }

  get #knownRanks(): SmallNumbers {
    this.#ranks ??= planesOf(this.#laterRanks?.bytes ?? null, this.sites.length, mostResources(this.#siteTable));
    return this.#ranks;
  }
}

/** Rows looked up one at a time, each by the sum of what is between it and the one before, before all are added up. */
const FEW = 4;

/** Numbers that are stored as distances, each from the one before. */
class RunningSums {
  /** The distances, until all are added up. */
  #numbers: WholeNumbers | Float64Array;
  #lookedUp = 0;
  /** A row's number, from which that of another follows. */
  #knownRow = -1;
  #known = 0;

  constructor(distances: WholeNumbers) {
    this.#numbers = distances;
  }

  /** `row` is below their number. */
  at(row: number): number {
    const numbers = this.#numbers;
    if (numbers instanceof Float64Array) return numbers[row]!;
    if (row === this.#knownRow) return this.#known;
    if (++this.#lookedUp > FEW) return this.all()[row]!;
    this.#known +=
      row > this.#knownRow ? numbers.sum(this.#knownRow + 1, row + 1) : -numbers.sum(row + 1, this.#knownRow + 1);
    this.#knownRow = row;
    return this.#known;
  }

  all(): Float64Array {
    if (!(this.#numbers instanceof Float64Array)) this.#numbers = summed(this.#numbers.all());
    return this.#numbers;
  }

  get heldBytes(): number {
    return this.#numbers instanceof Float64Array ? this.#numbers.byteLength : this.#numbers.heldBytes;
  }
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
