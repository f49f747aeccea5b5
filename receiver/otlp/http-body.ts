import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reservation } from './byte-budget.ts';

export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'no_room' }
  /** The client went away in the middle (O14). */
  | { readonly kind: 'gone' };

/** A client that is silent for so long in the middle of its body is taken for gone: others need the room that it holds. */
export const SILENCE_MS = 30_000;

/** Reads a whole body of at most `limit` bytes, taking room for it from `reservation`. Never rejects. */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
  reservation: Reservation,
): Promise<Body> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.resolve({ kind: 'too_large' });
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  return new Promise((resolve) => {
    const parts = new BodyParts(announced);
    const silence = setTimeout(() => request.destroy(), SILENCE_MS);
    const finish = (body: Body) => {
      clearTimeout(silence);
      request.off('data', take).off('end', end).off('close', gone);
      resolve(body);
    };
    const take = (chunk: Buffer) => {
      silence.refresh();
      if (parts.length + chunk.length > limit) finish({ kind: 'too_large' });
      else if (!reservation.take(chunk.length)) finish({ kind: 'no_room' });
      else parts.add(chunk);
    };
    const end = () => finish({ kind: 'bytes', bytes: parts.whole() });
    const gone = () => finish({ kind: 'gone' });
    request.on('data', take).on('end', end).on('close', gone);
  });
}

/** Puts a body together. One whose length is known is copied to its place as it comes, and never held twice. */
class BodyParts {
  length = 0;
  readonly #announced: number;
  #place: Buffer | null = null;
  #chunks: Buffer[] = [];

  /** `announced` is the length in bytes, 0 when it is not known. Node's parser lets no more than that through. */
  constructor(announced: number) {
    this.#announced = announced;
  }

  add(chunk: Buffer): void {
    if (chunk.length < this.#announced) {
      this.#place ??= Buffer.allocUnsafeSlow(this.#announced);
      chunk.copy(this.#place, this.length);
    } else {
      this.#chunks.push(chunk);
    }
    this.length += chunk.length;
  }

  whole(): Buffer {
    if (this.#place) return this.#place;
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.length);
  }
}
