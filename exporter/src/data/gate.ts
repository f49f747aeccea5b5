/**
 * Keeps a connection's other statements back while the plug-in is between a savepoint of its own and its end: one that
 * got between would be undone, should the savepoint be rolled back to.
 */
export class Gate {
  #closed: Promise<void> | undefined;

  /** Runs the work as soon as nobody is alone within. */
  async pass<T>(work: () => T | Promise<T>): Promise<T> {
    // The work begins in the same step as the last look.
    while (this.#closed !== undefined) await this.#closed;
    return await work();
  }

  /** Runs the work while all others wait. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed !== undefined) await this.#closed;
    let open = () => {};
    this.#closed = new Promise((resolve) => {
      open = resolve;
    });
    try {
      return await work();
    } finally {
      this.#closed = undefined;
      open();
    }
  }
}

/** A name that no application gives its savepoints. */
export const SAVEPOINT = 'logvitals_before_image';

/** How a layer works with the savepoint of that name. */
export interface SavepointSteps {
  set(): Promise<unknown> | undefined;
  rollBackTo(): Promise<unknown> | undefined;
  release(): Promise<unknown> | undefined;
}

/** Reads within a transaction so that a failure leaves it as it was: on PostgreSQL all of it would be lost otherwise. */
export async function readWithinSavepoint<T>(steps: SavepointSteps, read: () => Promise<T>): Promise<T> {
  await steps.set();
  try {
    return await read();
  } catch (error) {
    await steps.rollBackTo();
    throw error;
  } finally {
    await steps.release();
  }
}
