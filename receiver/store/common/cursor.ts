import { InvalidCursorError } from '../errors.ts';

export type Order = 'newest' | 'oldest';

const PREFIX = { newest: 'n', oldest: 'o' } as const;

/** A cursor: go on behind the place that an id stands for, in this order. */
export const cursorOf = (order: Order, id: string): string => PREFIX[order] + id;

/**
 * Where a search goes on, as `parseId` reads it. Throws InvalidCursorError for what `cursorOf` did not make for this
 * order, or `parseId` answers with null.
 */
export function parseCursor<Place>(order: Order, cursor: string, parseId: (id: string) => Place | null): Place {
  const place = parseId(cursor.slice(1));
  const prefix = cursor.slice(0, 1);
  if (place !== null && prefix === PREFIX[order]) return place;
  if (place !== null && Object.values(PREFIX).some((known) => known === prefix)) {
    throw new InvalidCursorError(
      `the cursor ${quote(cursor)} belongs to a search in the other order; start without one`,
    );
  }
  throw new InvalidCursorError(`the cursor ${quote(cursor)} is not one of this store's; start without one`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
