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
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve({ kind: 'too_large' });
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const silence = setTimeout(() => request.destroy(), SILENCE_MS);
    const finish = (body: Body) => {
      clearTimeout(silence);
      request.off('data', take).off('end', end).off('close', gone);
      resolve(body);
    };
    const take = (chunk: Buffer) => {
      silence.refresh();
      length += chunk.length;
      if (length > limit) finish({ kind: 'too_large' });
      else if (!reservation.take(chunk.length)) finish({ kind: 'no_room' });
      else chunks.push(chunk);
    };
    const end = () =>
      finish({ kind: 'bytes', bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length) });
    const gone = () => finish({ kind: 'gone' });
    request.on('data', take).on('end', end).on('close', gone);
  });
}
