import { fold } from '../../../../query/fold.ts';
import { type ByteWriter, DamagedBytesError } from '../../bytes.ts';
import type { LaterBytes } from '../later-bytes.ts';
import { AreaReaders } from './areas.ts';
import { ALL_MATCH, judgeContaining, judgeEdges, SOME_MAY_MATCH } from './judge.ts';
import { Needle } from './needle.ts';
import { readSlot, type Slot } from './slot.ts';
import { MOST_SLOTS } from './slot-kinds.ts';
import { TextBatch } from './text-batch.ts';
import { TextTemplates } from './text-templates.ts';

/** Places to look at (1) and places found (1), one byte for every text. */
type Marks = Uint8Array;

/**
 * Texts as a TextColumnBuilder wrote them: each to be had by itself, searched without building those that cannot match.
 * Whatever cannot have been written is a DamagedBytesError, on reading the column or when the damaged part is used.
 */
export class TextColumn {
  /** Number of texts. */
  readonly size: number;
  readonly #templates: TextTemplates;
  readonly #templateOf: Uint8Array | Uint16Array;
  readonly #areas: AreaReaders;
  #lookedUp = 0;
  /** How many texts of the same template come before each, once that is asked for. */
  #ranks: Uint32Array | null = null;

  private constructor(templates: TextTemplates, templateOf: Uint8Array | Uint16Array, areas: AreaReaders) {
    this.size = templateOf.length;
    this.#templates = templates;
    this.#templateOf = templateOf;
    this.#areas = areas;
  }

  /** Takes the column's streams in the order in which they were written, and keeps views of them. */
  static read(next: () => LaterBytes): TextColumn {
    const areas = new AreaReaders(next);
    const size = areas.directory.varint();
    const templates = areas.directory.varint();
    const templateOf = readTemplatePlaces(areas, size, templates);
    const counts = new Uint32Array(templates);
    for (let place = 0; place < size; place++) {
      const template = templateOf[place]!;
      if (template >= templates) throw new DamagedBytesError(`template ${template} of ${templates} is asked for`);
      counts[template]!++;
    }
    const slotsOf: Slot[][] = [];
    for (let template = 0; template < templates; template++) {
      slotsOf.push(readSlots(areas, counts[template]!));
    }
    areas.checkAtEnd();
    return new TextColumn(new TextTemplates(areas.skeletons, slotsOf), templateOf, areas);
  }

  text(place: number): string {
    const end = this.#build(place);
    const text = built.toString('utf8', 0, end);
    releaseLarge();
    return text;
  }

  /** Writes the bytes of a text, without their length. */
  bytesOf(place: number, target: ByteWriter): void {
    const end = this.#build(place);
    target.raw(built.subarray(0, end));
    releaseLarge();
  }

  /** Marks the wanted texts (null: all) that, folded, contain the folded needle, as `fold(text).includes(needle)`. */
  markContaining(foldedNeedle: string, wanted: Marks | null, marks: Marks): void {
    // Half a character may be found in the middle of a whole one, which bytes do not show.
    if (!foldedNeedle.isWellFormed()) {
      this.#markByText(wanted, marks, (text) => fold(text).includes(foldedNeedle));
      return;
    }
    if (foldedNeedle === '') {
      for (let place = 0; place < this.size; place++) if (wanted === null || wanted[place] === 1) marks[place] = 1;
      return;
    }
    const needle = new Needle(foldedNeedle);
    const verdicts = judgeContaining(this.#templates.foldedSkeletons, this.#templates.slotsOf, needle);
    const batch = new TextBatch(this.#templates, needle, marks);
    this.#mark(wanted, marks, verdicts.byTemplate, (place, template, rank) => {
      const { segments, found } = verdicts.searches[template]!;
      if (found?.[rank] === 1) marks[place] = 1;
      else if (segments.length > 0) batch.add(place, template, rank, segments);
    });
    batch.finish();
  }

  /** Marks the wanted texts (null: all) that are this one. */
  markEqual(text: string, wanted: Marks | null, marks: Marks): void {
    if (text.isWellFormed()) this.#markByEdges(text, true, wanted, marks);
  }

  /** Marks the wanted texts (null: all) that begin with this one. */
  markPrefix(prefix: string, wanted: Marks | null, marks: Marks): void {
    if (prefix.isWellFormed()) this.#markByEdges(prefix, false, wanted, marks);
    else this.#markByText(wanted, marks, (text) => text.startsWith(prefix));
  }

  /** Memory that the column keeps, in bytes. */
  get heldBytes(): number {
    const places = this.#templateOf.byteLength + (this.#ranks?.byteLength ?? 0);
    return this.#areas.heldBytes + places + this.#templates.heldBytes;
  }

  #markByEdges(text: string, isWhole: boolean, wanted: Marks | null, marks: Marks): void {
    const bytes = Buffer.from(text);
    const verdicts = judgeEdges(this.#templates.skeletons, bytes, isWhole);
    this.#mark(wanted, marks, verdicts, (place) => {
      const end = this.#build(place);
      if (isWhole ? end !== bytes.length : end < bytes.length) return;
      for (let index = 0; index < bytes.length; index++) if (built[index] !== bytes[index]) return;
      marks[place] = 1;
    });
    releaseLarge();
  }

  #markByText(wanted: Marks | null, marks: Marks, matches: (text: string) => boolean): void {
    for (let place = 0; place < this.size; place++) {
      if ((wanted === null || wanted[place] === 1) && matches(this.text(place))) marks[place] = 1;
    }
  }

  /** Marks by the templates' verdicts; wanted texts that may match are left to `check`. */
  #mark(
    wanted: Marks | null,
    marks: Marks,
    verdicts: Uint8Array,
    check: (place: number, template: number, rank: number) => void,
  ): void {
    const templateOf = this.#templateOf;
    if (verdicts.includes(ALL_MATCH)) {
      // Without a branch per row, since these rows decide how long a search for a common word takes.
      const matches = verdicts.map((verdict) => (verdict === ALL_MATCH ? 1 : 0));
      if (wanted === null) {
        for (let place = 0; place < templateOf.length; place++) marks[place]! |= matches[templateOf[place]!]!;
      } else {
        for (let place = 0; place < templateOf.length; place++) {
          marks[place]! |= matches[templateOf[place]!]! & wanted[place]!;
        }
      }
    }
    if (!verdicts.includes(SOME_MAY_MATCH)) return;
    const ranks = this.#knownRanks();
    for (let place = 0; place < templateOf.length; place++) {
      const template = templateOf[place]!;
      if (verdicts[template] !== SOME_MAY_MATCH || (wanted !== null && wanted[place] !== 1)) continue;
      check(place, template, ranks[place]!);
    }
  }

  /** Builds a text in `built` and says where it ends. */
  #build(place: number): number {
    const template = this.#templateOf[place]!;
    const room = this.#templates.room(template);
    if (room > built.length) built = Buffer.allocUnsafeSlow(room);
    return this.#templates.copy(template, this.#rankOf(place), built, 0);
  }

  /** How many texts of the same template come before this one. */
  #rankOf(place: number): number {
    if (this.#ranks || ++this.#lookedUp > FEW) return this.#knownRanks()[place]!;
    const templateOf = this.#templateOf;
    const template = templateOf[place]!;
    let rank = 0;
    for (let before = 0; before < place; before++) if (templateOf[before] === template) rank++;
    return rank;
  }

  #knownRanks(): Uint32Array {
    if (this.#ranks) return this.#ranks;
    const counts = new Uint32Array(this.#templates.slotsOf.length);
    const ranks = new Uint32Array(this.size);
    for (let place = 0; place < ranks.length; place++) ranks[place] = counts[this.#templateOf[place]!]!++;
    this.#ranks = ranks;
    return ranks;
  }
}

/** Texts whose rank is counted for them alone, before all ranks are worked out. */
const FEW = 4;

const BUILT_CAPACITY = 1 << 16;
/** Where one text at a time is put together. */
let built = Buffer.allocUnsafeSlow(BUILT_CAPACITY);

function releaseLarge(): void {
  if (built.length > 16 * BUILT_CAPACITY) built = Buffer.allocUnsafeSlow(BUILT_CAPACITY);
}

/** Every text has a byte of its own here, so that damaged bytes never claim more texts than there are bytes. */
function readTemplatePlaces(areas: AreaReaders, size: number, templates: number): Uint8Array | Uint16Array {
  const { bytes } = areas.templates;
  const lower = areas.templates.take(size);
  if (templates <= 256) return bytes.subarray(lower, lower + size);
  if (templates > size) throw new DamagedBytesError(`${templates} templates for ${size} texts`);
  const higher = areas.templates.take(size);
  const places = new Uint16Array(size);
  for (let place = 0; place < size; place++) places[place] = bytes[lower + place]! | (bytes[higher + place]! << 8);
  return places;
}

function readSlots(areas: AreaReaders, texts: number): Slot[] {
  const count = areas.directory.varint();
  if (count > MOST_SLOTS) throw new DamagedBytesError(`a template of ${count} slots`);
  const slots: Slot[] = [];
  for (let left = count; left > 0; left--) slots.push(readSlot(areas, texts));
  return slots;
}
