/** The storage cannot do it, and trying again will not help. Messages never hold credentials (P34). */
export class StoreError extends Error {
  override name = 'StoreError';
}

/** The storage is away, full or busy: nothing was stored, and trying again later may help. */
export class StoreUnavailableError extends StoreError {
  override name = 'StoreUnavailableError';
}

/** A search was given a cursor that no page of it handed out: the caller's mistake, said so that it can be shown. */
export class InvalidCursorError extends StoreError {
  override name = 'InvalidCursorError';
}

/**
 * What may be said of an error in a log. The store contract keeps credentials out of a StoreError's message; of any other
 * error, a user's own storage among its sources, only the kind and the place are told (P34).
 */
export function safeText(error: unknown): string {
  if (error instanceof StoreError) return error.message;
  if (!(error instanceof Error)) return 'something that is no Error was thrown';
  const place = placeOf(error);
  return place === '' ? error.name : `${error.name} ${place}`;
}

/**
 * Where an error was thrown, `at f (file:line)`: the innermost frame of the stack, '' when there is none. Frames begin
 * behind the message, since a message can hold lines that look like one.
 */
export function placeOf({ stack = '', message }: Error): string {
  const frames = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : '';
  const innermost = frames.split('\n').find((line) => line.startsWith('    at '));
  return innermost?.trim() ?? '';
}
