import type { BlockHeader } from './block-header.ts';
import { BlockRecord } from './block-record.ts';
import type { BlockSource, SectionName } from './block-source.ts';
import type { AttributeColumn, BodyColumn, IdColumn } from './columns.ts';
import { IdsSection } from './ids-section.ts';
import { Places } from './places-section.ts';
import { type SmallNumbers, smallNumbersFor } from './planes.ts';
import { type RowSet, SiteRows } from './row-sets.ts';
import { SectionReader } from './section.ts';
import { StoredAttribute, StoredBodies } from './stored-columns.ts';

/** About what a key takes in memory beside its bytes: in the opened section, and as an opened column. */
const KEY_BYTES = { section: 390, column: 1200 };

/** Keys that are looked for in all shapes, before it is worked out for all keys which sites have them. */
const FEW_KEYS = 16;

/**
 * A block opened for reading: sections are fetched, checked and unpacked when first asked for. Damaged bytes throw a
 * DamagedBytesError, from whatever comes upon them.
 */
export class Block {
  readonly header: BlockHeader;
  readonly source: BlockSource;
  #places: Places | undefined;
  #resources: SmallNumbers | undefined;
  #siteRows: SiteRows | undefined;
  #keysLookedUp = 0;
  /** By place of the key. */
  #keySites: readonly (readonly number[])[] | undefined;
  #ids: IdsSection | undefined;
  #bodies: StoredBodies | undefined;
  readonly #attributes: (StoredAttribute | undefined)[] = [];
  /** The opened ones. */
  readonly #sections = new Map<SectionName, SectionReader>();

  constructor(source: BlockSource, header: BlockHeader) {
    this.source = source;
    this.header = header;
  }

  /** How many records it holds. */
  get size(): number {
    return this.header.records;
  }

  /** Nanoseconds since the day's start, ascending; among equal ones by sequence. */
  get times(): Float64Array {
    return this.#knownPlaces.times.all();
  }

  get sequences(): Float64Array {
    return this.#knownPlaces.sequences.all();
  }

  /** Of one row, without all times being added up. */
  timeOf(row: number): number {
    return this.#knownPlaces.times.at(row);
  }

  sequenceOf(row: number): number {
    return this.#knownPlaces.sequences.at(row);
  }

  /** Per row its place in `header.sites`. */
  get sites(): SmallNumbers {
    return this.#knownPlaces.sites;
  }

  /** Per row the day's id of its resource. */
  get resources(): SmallNumbers {
    if (this.#resources) return this.#resources;
    const places = this.#knownPlaces;
    const resources = smallNumbersFor(this.header.resources.reduce((max, id) => Math.max(max, id), 0) + 1, this.size);
    for (let row = 0; row < resources.length; row++) resources[row] = places.resourceOf(row);
    this.#resources = resources;
    return resources;
  }

  /** The day's id of a row's resource. */
  resourceOf(row: number): number {
    return this.#knownPlaces.resourceOf(row);
  }

  get traces(): IdColumn {
    return this.#knownIds.traces;
  }

  get spans(): IdColumn {
    return this.#knownIds.spans;
  }

  get body(): BodyColumn {
    this.#bodies ??= new StoredBodies(this.#section('body').column(0), this.size);
    return this.#bodies;
  }

  /** A key's place in `header.keys`; undefined for one that no record of the block has. */
  keyPlace(key: string): number | undefined {
    return this.header.keyPlaces.get(key);
  }

  /** Undefined for a key that no record of the block has. */
  attribute(key: string): AttributeColumn | undefined {
    const place = this.keyPlace(key);
    return place === undefined ? undefined : this.attributeAt(place);
  }

  /** By its place in `header.keys`. */
  attributeAt(place: number): StoredAttribute {
    const known = this.#attributes[place];
    if (known) return known;
    const column = this.#section('attributes').column(place);
    const rows = this.#rowsOfSites(this.#sitesWithKey(place));
    const attribute = new StoredAttribute(column, this.header.keys[place]!.key, rows);
    this.#attributes[place] = attribute;
    return attribute;
  }

  /** Of a row with this timestamp. */
  observedTimestamp(row: number, timestamp: bigint): bigint {
    return this.#knownIds.observedTimestamp(row, timestamp);
  }

  eventName(row: number): string {
    return this.#knownIds.eventName(row);
  }

  dropped(row: number): number {
    return this.#knownIds.dropped(row);
  }

  record(row: number): BlockRecord {
    return new BlockRecord(this, row);
  }

  /** About how many bytes of memory its unpacked parts take, for caches. */
  get heldBytes(): number {
    let bytes = (this.#ids?.heldBytes ?? 0) + (this.#bodies?.heldBytes ?? 0);
    for (const section of this.#sections.values()) bytes += section.heldBytes;
    bytes += (this.#places?.heldBytes ?? 0) + (this.#resources?.byteLength ?? 0);
    bytes += this.#siteRows?.heldBytes ?? 0;
    if (this.#sections.has('attributes')) bytes += this.header.keys.length * KEY_BYTES.section;
    for (const attribute of this.#attributes) if (attribute) bytes += attribute.heldBytes + KEY_BYTES.column;
    return bytes;
  }

  /** Lets go of what can be fetched again, and keeps what was unpacked. */
  release(): void {
    for (const section of this.#sections.values()) section.release();
  }

  #section(name: SectionName): SectionReader {
    const known = this.#sections.get(name);
    if (known) return known;
    const fetch = () => this.source.section(name);
    const section = new SectionReader(fetch(), fetch);
    this.#sections.set(name, section);
    return section;
  }

  get #knownPlaces(): Places {
    this.#places ??= new Places(this.#section('places').column(0), this.header);
    return this.#places;
  }

  get #knownIds(): IdsSection {
    this.#ids ??= new IdsSection(this.#section('ids'), this.size, (bit) =>
      this.#rowsOfSites([...this.header.sites.keys()].filter((place) => (this.header.sites[place]!.has & bit) !== 0)),
    );
    return this.#ids;
  }

  /** The places of the sites whose records have a key. */
  #sitesWithKey(key: number): readonly number[] {
    if (this.#keySites) return this.#keySites[key]!;
    const { keys, shapes, sites } = this.header;
    if (++this.#keysLookedUp <= FEW_KEYS) {
      const hasKey = shapes.map((shape) => shape.includes(key));
      const places: number[] = [];
      for (let place = 0; place < sites.length; place++) if (hasKey[sites[place]!.shape]) places.push(place);
      return places;
    }
    const keySites: number[][] = keys.map(() => []);
    for (const [place, { shape }] of sites.entries()) for (const key of shapes[shape]!) keySites[key]!.push(place);
    this.#keySites = keySites;
    return keySites[key]!;
  }

  #rowsOfSites(places: readonly number[]): RowSet {
    this.#siteRows ??= new SiteRows(this.sites, this.header.sites);
    return this.#siteRows.of(places);
  }
}
