import type { Access } from '../access.ts';
import type { TlsSettings } from '../config/config.ts';
import type { Diagnostics } from '../diagnostics.ts';
import type { ListenAddress } from '../net/listen.ts';
import type { LogsHandler } from './handler.ts';
import type { Refusal } from './outcome.ts';

/** What both transports are started with. */
export interface ReceiverOptions extends ListenAddress {
  readonly handler: LogsHandler;
  /** Judges a request's Authorization header, before anything else of it is read (O23). */
  readonly authorize: (authorization: string | undefined) => Access;
  readonly tls: TlsSettings | null;
  readonly diagnostics: Diagnostics;
}

export interface Receiver {
  /** Where it listens, as the start-up line prints it. */
  readonly address: string;
  /** Stops accepting, answers what was accepted, then closes the connections (O59). */
  close(): Promise<void>;
}

/** The refusal for a request that may not send, or null for one that may. */
export function refuseAccess(access: Access): Refusal | null {
  switch (access) {
    case 'granted':
      return null;
    case 'unauthenticated':
      return { kind: 'unauthenticated', message: 'a valid token is needed: Authorization: Bearer TOKEN' };
    case 'forbidden':
      return { kind: 'forbidden', message: 'this token may not send logs: it needs the scope "ingest"' };
  }
}

export const CLOSING: Refusal = { kind: 'unavailable', message: 'shutting down; try again', retryAfterSeconds: 1 };
