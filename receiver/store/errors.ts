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
