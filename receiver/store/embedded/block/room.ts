type NumberArray = Uint8Array | Uint32Array | Float64Array;

/** Larger arrays are not kept for the next who needs one. */
const MOST_KEPT = 2 ** 18;

/**
 * Room for one array at a time, used again and again: making large arrays anew for every column of every block would be
 * most of what garbage collection has to do.
 */
export class Room<T extends NumberArray> {
  readonly #make: (length: number) => T;
  #array: T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#array = make(0);
  }

  /** An array of this length that holds anything. The one given before is no longer to be used. */
  take(length: number): T {
    if (length > MOST_KEPT) return this.#make(length);
    if (this.#array.length < length) this.#array = this.#make(length);
    return this.#array.subarray(0, length) as T;
  }
}
