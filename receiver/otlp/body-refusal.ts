import type { Compression } from './decompress.ts';
import type { Refusal } from './outcome.ts';

/** Answer for when the bytes in flight, or the records decoded from them, leave no room; it passes as soon as others are answered. */
export const NO_ROOM: Refusal = {
  kind: 'overloaded',
  message: 'too many bytes of requests in flight; try again',
  retryAfterSeconds: 1,
};

/** Answer for a body that could not be read or decompressed within `limit` bytes. */
export function refuseBody(
  kind: 'too_large' | 'no_room' | 'broken',
  limit: number,
  compression: Compression | 'none',
): Refusal {
  switch (kind) {
    case 'too_large':
      return { kind: 'too_large', message: `the request is larger than ${limit} bytes: send smaller batches` };
    case 'no_room':
      return NO_ROOM;
    case 'broken':
      return { kind: 'malformed', message: `the body is not valid ${compression} data` };
  }
}
