import type { Writable } from 'node:stream';

/** Whoever read our output has gone (`logvitals export | head`). */
export class OutputClosedError extends Error {
  override name = 'OutputClosedError';
}

/** A stream that waits for its reader: memory stays bounded however slow they are. */
export class Output {
  readonly #stream: Writable;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.once('error', () => {
      this.#closed = true;
    });
  }

  /** Resolves when there is room for more. Rejects with `OutputClosedError` once nobody reads any more. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#closed) throw new OutputClosedError();
    if (this.#stream.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#stream.off('drain', done).off('error', done).off('close', done);
        resolve();
      };
      this.#stream.on('drain', done).on('error', done).on('close', done);
    });
    if (this.#closed) throw new OutputClosedError();
  }
}
