/** Bounds what all requests together hold in memory. */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** A part of the budget for one request, empty at first. */
  reserve(): Reservation {
    let mine = 0;
    return {
      take: (bytes) => {
        if (this.#taken + bytes > this.#limit) return false;
        this.#taken += bytes;
        mine += bytes;
        return true;
      },
      release: () => {
        this.#taken -= mine;
        mine = 0;
      },
    };
  }
}

/** What one request holds of a budget. */
export interface Reservation {
  /** Takes more; false, and nothing taken, when that would go beyond the budget. */
  take(bytes: number): boolean;
  /** Gives all of it back. */
  release(): void;
}
