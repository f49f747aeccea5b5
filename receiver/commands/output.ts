import type { Writable } from 'node:stream';
import { visibleLines } from './visible.ts';

/** Whoever read our output has gone (`logvitals export | head`). */
export class OutputClosedError extends Error {
  override name = 'OutputClosedError';
}

/** A stream that waits for its reader: memory stays bounded however slow they are. */
export class Output {
  readonly #stream: Writable;
  readonly #prepare: (chunk: string | Uint8Array) => string | Uint8Array;
  #closed = false;

  /** `content` is `data` for formats that programs read: on a terminal what could act on it is shown instead. */
  constructor(stream: Writable & { readonly isTTY?: boolean }, content: 'text' | 'data') {
    this.#stream = stream;
    this.#prepare = content === 'data' && stream.isTTY ? printable() : (chunk) => chunk;
    stream.once('error', () => {
      this.#closed = true;
    });
  }

  /** Resolves when there is room for more. Rejects with `OutputClosedError` once nobody reads any more. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#closed) throw new OutputClosedError();
    if (this.#stream.write(this.#prepare(chunk))) return;
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

/** Characters may be split between chunks of bytes. */
function printable(): (chunk: string | Uint8Array) => string {
  const decoder = new TextDecoder();
  return (chunk) => visibleLines(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
}
