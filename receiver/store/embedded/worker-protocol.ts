import { InvalidCursorError, StoreError, StoreUnavailableError } from '../errors.ts';
import type { Day } from './day.ts';

/** What a worker offers, by name. Each takes one argument; arguments and results are structured clones. */
export type Methods = Readonly<Record<string, (argument: never, call: Call) => unknown>>;

/** One call as the worker sees it. */
export interface Call {
  /** Becomes true when the caller has stopped waiting. */
  readonly cancelled: boolean;
}

export type ToWorker =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly type: 'cancel'; readonly id: number };

export type FromWorker =
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: SentError }
  | { readonly type: 'report'; readonly report: Report };

/** What a worker says unasked. */
export type Report =
  /** Something people should know of. */
  | { readonly type: 'notice'; readonly message: string }
  /** A day's file turned out broken while it was read. */
  | { readonly type: 'damage'; readonly day: Day; readonly reason: string }
  /** The files take more than they may: this day is to be dropped. */
  | { readonly type: 'tooLarge'; readonly day: Day };

/** An error as it crosses threads, where classes are lost. */
export interface SentError {
  readonly name: string;
  readonly message: string;
}

const ERRORS = { StoreError, StoreUnavailableError, InvalidCursorError } as const;

export function sentErrorOf(error: unknown): SentError {
  if (error instanceof StoreError) return { name: error.name, message: error.message };
  return { name: 'StoreError', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function receivedError({ name, message }: SentError): StoreError {
  const ErrorClass = Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS] : StoreError;
  return new ErrorClass(message);
}
