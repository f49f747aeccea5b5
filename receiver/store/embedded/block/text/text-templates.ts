import { LONGEST_FOLDING } from './fold-bytes.ts';
import type { Segment } from './judge.ts';
import { Skeletons } from './skeletons.ts';
import type { Slot } from './slot.ts';
import { foldsFreely, HOLE } from './text-classes.ts';

/** A column's templates: puts texts together from skeletons and slots, as they are or folded. */
export class TextTemplates {
  readonly slotsOf: readonly (readonly Slot[])[];
  readonly #skeletonBytes: Uint8Array;
  #skeletons: Skeletons | null = null;
  #folded: Skeletons | null = null;
  /** Bytes that a template's texts need at most, folded or not; 0 when not yet known. */
  readonly #rooms: Float64Array;

  constructor(skeletonBytes: Uint8Array, slotsOf: readonly (readonly Slot[])[]) {
    this.#skeletonBytes = skeletonBytes;
    this.slotsOf = slotsOf;
    this.#rooms = new Float64Array(slotsOf.length);
  }

  get skeletons(): Skeletons {
    this.#skeletons ??= Skeletons.split(
      this.#skeletonBytes,
      this.slotsOf.map((slots) => slots.length),
    );
    return this.#skeletons;
  }

  get foldedSkeletons(): Skeletons {
    this.#folded ??= this.skeletons.folded();
    return this.#folded;
  }

  /** Bytes that any text of a template needs at most, folded or not. */
  room(template: number): number {
    const known = this.#rooms[template]!;
    if (known > 0) return known;
    const { starts } = this.skeletons;
    // The skeleton's END makes it one more than 0.
    let room = (starts[template + 1]! - starts[template]!) * LONGEST_FOLDING;
    for (const slot of this.slotsOf[template]!) {
      room += slot.longest * (foldsFreely(slot.classes) ? LONGEST_FOLDING : 1);
    }
    this.#rooms[template] = room;
    return room;
  }

  /** Writes a template's text of this rank and says where it ends. `target` has `room` for it. */
  copy(template: number, rank: number, target: Uint8Array, at: number): number {
    const slots = this.slotsOf[template]!;
    const { bytes, starts } = this.skeletons;
    const end = starts[template + 1]! - 1;
    let slot = 0;
    let written = at;
    for (let position = starts[template]!; position < end; position++) {
      const byte = bytes[position]!;
      if (byte === HOLE) written = slots[slot++]!.copy(rank, target, written);
      else target[written++] = byte;
    }
    return written;
  }

  /** The same of a segment of the text, folded (query/fold.ts); positions are those of the folded skeletons. */
  copyFolded(template: number, segment: Segment, rank: number, target: Uint8Array, at: number): number {
    const slots = this.slotsOf[template]!;
    const { bytes } = this.foldedSkeletons;
    let { slot } = segment;
    let written = at;
    for (let position = segment.start; position < segment.end; position++) {
      const byte = bytes[position]!;
      if (byte === HOLE) written = slots[slot++]!.copyFolded(rank, target, written);
      else target[written++] = byte;
    }
    return written;
  }

  get heldBytes(): number {
    let held = this.#rooms.byteLength + (this.#skeletons?.heldBytes ?? 0) + (this.#folded?.heldBytes ?? 0);
    for (const slots of this.slotsOf) for (const slot of slots) held += slot.heldBytes;
    return held;
  }
}
