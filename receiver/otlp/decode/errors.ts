/** The bytes are not what they say they are: the whole request is refused (O20, O24). The message is safe to answer with. */
export class MalformedError extends Error {
  override name = 'MalformedError';
}

/** What the request decodes to would take too much memory, however small its bytes are: the whole request is refused. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
}

/** What the request decodes to has no room beside what others decode to: it may be sent again. */
export class NoRoomError extends Error {
  override name = 'NoRoomError';
}

/**
 * Why one record is rejected while the rest of its request is stored (P2, O17). The whole list:
 * - `too_large`: after cutting long values it still weighs more than `DecodeLimits.recordWeight`;
 * - `bad_value`: JSON only: a field holds what its type does not allow (a string for an object, a number that is none,
 *   base64 or hex that is none).
 * A resource or scope with one of these faults rejects the records under it.
 */
export type RejectionReason = 'too_large' | 'bad_value';

/** Thrown while a record is being read, caught where records begin. Not an Error: it needs no stack, and may come often. */
export class Fault {
  readonly reason: RejectionReason;
  readonly message: string;

  constructor(reason: RejectionReason, message: string) {
    this.reason = reason;
    this.message = message;
  }
}

const QUOTED_LENGTH = 60;

/** A client's own text, fit for a message: short, quoted, nothing but printable ASCII. */
export function quote(text: string): string {
  const short = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text;
  return JSON.stringify(short).replace(/[^\x20-\x7e]/g, '?');
}
