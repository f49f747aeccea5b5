import { stat } from 'node:fs/promises';

/** Tells how many bytes a transfer moved, once it is over, by what it answered; undefined when that can't be known. */
export type Size = (result: unknown) => Promise<number | undefined>;

/** The little of Node's streams that is used. */
interface Stream {
  on?(event: 'data', listener: (chunk: string | Uint8Array) => void): unknown;
  once?(event: 'resume', listener: () => void): unknown;
  once?(event: 'pipe', listener: (source: Stream) => void): unknown;
}

/** What is sent: bytes, a local file's, or a stream's. */
export function sizeOfUpload(input: unknown): Size {
  if (typeof input === 'string') return sizeOfLocalFile(input);
  if (input instanceof Uint8Array) return async () => input.length;
  const counter = new Counter();
  const stream = input as Stream | null | undefined;
  // A listener for its data would make a stream flow, were it not flowing already: to the client.
  stream?.once?.('resume', () => counter.listen(stream));
  return async () => counter.total;
}

/** What comes: into memory, a local file or a stream. */
export function sizeOfDownload(target: unknown): Size {
  if (typeof target === 'string') return sizeOfLocalFile(target);
  if (target === undefined) return async (result) => (result instanceof Uint8Array ? result.length : undefined);
  const counter = new Counter();
  (target as Stream | null)?.once?.('pipe', (source: Stream) => counter.listen(source));
  return async () => counter.total;
}

/** The file as it is when the transfer is over. */
export function sizeOfLocalFile(path: unknown): Size {
  return async () => (await stat(String(path))).size;
}

class Counter {
  /** Undefined while nothing was heard of. */
  total: number | undefined;

  listen(stream: Stream): void {
    this.total = 0;
    stream.on?.('data', (chunk) => {
      this.total = (this.total ?? 0) + (typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length);
    });
  }
}
