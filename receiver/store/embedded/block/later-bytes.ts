const NO_BYTES = new Uint8Array(0);

/** Bytes whose number is known, and that are only unpacked when somebody wants them. */
export class LaterBytes {
  readonly length: number;
  #unpack: (() => Uint8Array) | null;
  #bytes: Uint8Array = NO_BYTES;

  /** `unpack` gives `length` bytes, or throws. */
  constructor(length: number, unpack: () => Uint8Array) {
    this.length = length;
    this.#unpack = unpack;
  }

  get bytes(): Uint8Array {
    if (this.#unpack) {
      this.#bytes = this.#unpack();
      this.#unpack = null;
    }
    return this.#bytes;
  }

  /** Memory that they take so far. */
  get heldBytes(): number {
    return this.#bytes.length;
  }
}
