import pg from 'pg';
import { StoreError, StoreUnavailableError } from '../errors.ts';

/** SQLSTATE codes that this driver acts on (PostgreSQL's manual, appendix A). */
export const SQLSTATE = {
  uniqueViolation: '23505',
  serializationFailure: '40001',
  deadlock: '40P01',
  missingRight: '42501',
  undefinedTable: '42P01',
  duplicateTable: '42P07',
  diskFull: '53100',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  tooManyConnections: '53300',
} as const;

/** What the server said, to be acted on: the code of a database error, else ''. */
export function sqlStateOf(error: unknown): string {
  const cause = error instanceof StoreError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? (cause.code ?? '') : '';
}

/** Codes of Node for a server that cannot be reached, or no longer. */
const AWAY = new Map([
  ['ECONNREFUSED', 'nothing listens there'],
  ['ECONNRESET', 'the connection was broken off'],
  ['EPIPE', 'the connection was broken off'],
  ['ETIMEDOUT', 'it does not answer'],
  ['EHOSTUNREACH', 'there is no way to it'],
  ['ENETUNREACH', 'there is no way to it'],
  ['ENOTFOUND', 'its name is unknown'],
  ['EAI_AGAIN', 'its name cannot be looked up at present'],
  ['ENOENT', 'its socket is not there'],
]);

/** What pg itself says, without a code, of a connection that was lost or could not be had. */
const LOST = /^Connection terminated|^timeout expired|not queryable|^Client was closed/;
/** What the pool says when all its connections stay in use. */
const ALL_IN_USE = /^timeout exceeded when trying to connect/;

/** The server is there but will not take the connection at present, or has just ended it. */
const TURNED_AWAY = new Map([
  [SQLSTATE.tooManyConnections as string, 'it has no connection to spare'],
  ['57P01', 'it is shutting down'],
  ['57P02', 'it has crashed and restarts'],
  ['57P03', 'it is starting up or shutting down'],
  ['25006', 'it takes no writes: a standby, or set to read only'],
]);

/** It took the connection, and cannot do the work at present. */
const UNABLE = new Map([
  [SQLSTATE.diskFull as string, 'its disk is full'],
  ['53200', 'it is out of memory'],
  ['53400', 'a limit of its configuration is reached'],
  ['58030', 'it cannot read or write its disk'],
  [SQLSTATE.queryCanceled, 'the query took longer than it may'],
  [SQLSTATE.lockNotAvailable, 'somebody holds a table for longer than we wait'],
  [SQLSTATE.serializationFailure, 'another transaction came in between'],
  [SQLSTATE.deadlock, 'another transaction came in between'],
  ['25P03', 'the transaction was idle for too long'],
]);

/** Classes of whatever else passes: resources that do not suffice, an operator's doing, the machine's. */
const PASSING = /^(53|57|58)/;

/** The database as it is set up will not have us. */
const REFUSED = new Map([
  ['28P01', 'the user name or the password of the storage URL is wrong'],
  ['28000', 'its access rules (pg_hba.conf) do not let this user in from here, or not without TLS'],
  ['3D000', 'the database that the storage URL names does not exist; make it, then start again'],
  ['3F000', 'the schema does not exist'],
]);

/** Refused after all went well: somebody changed a password or a right, and will change it back or restart us. */
const CHANGED = new Set<string>([...REFUSED.keys(), SQLSTATE.missingRight]);

/** An error of a server that took us once. What was changed there may be mended, so clients may try again. */
export function whileRunning(error: unknown): unknown {
  if (!(error instanceof StoreError) || !CHANGED.has(sqlStateOf(error))) return error;
  return new StoreUnavailableError(error.message, { cause: error.cause });
}

/** No connection could be had, or it was lost: perhaps the server is away, and nothing else would work either. */
export class NoConnectionError extends StoreUnavailableError {}

/**
 * What pg rejected with, in words that are safe to show (P34): host and database may be told, user and password never,
 * nor what was being stored. Errors that are not about the database are given back as they are.
 */
export function storeErrorOf(error: unknown, server: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  if (error instanceof pg.DatabaseError) return ofDatabaseError(error, server);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // pg reads the files of `sslrootcert`, `sslcert` and `sslkey` itself.
  if ('syscall' in error && error.syscall === 'open') {
    return new StoreError(`${server}: a file of certificates that the storage URL names cannot be read (${code})`, {
      cause: error,
    });
  }
  const away = AWAY.get(code) ?? (LOST.test(error.message) ? 'the connection was lost, or none could be had' : null);
  if (away !== null) return new NoConnectionError(`${server} is away: ${away}`, { cause: error });
  if (ALL_IN_USE.test(error.message)) {
    return new NoConnectionError(`${server}: all connections of this receiver are in use (postgres.connections)`, {
      cause: error,
    });
  }
  if (/^SASL|password must be a string/.test(error.message)) {
    return new StoreError(`${server} asks for a password, and the storage URL has none that it takes`, {
      cause: error,
    });
  }
  if (/does not support SSL/.test(error.message)) {
    return new StoreError(`${server} does not speak TLS, which the storage URL asks for (sslmode)`, { cause: error });
  }
  if (/CERT|SELF_SIGNED|TLS|SSL/.test(code)) {
    return new StoreError(`${server} cannot be trusted: its certificate was refused (${code})`, { cause: error });
  }
  return error;
}

function ofDatabaseError(cause: pg.DatabaseError, server: string): StoreError {
  const code = cause.code ?? '';
  const turnedAway = TURNED_AWAY.get(code);
  if (turnedAway !== undefined || code.startsWith('08')) {
    return new NoConnectionError(`${server} is away: ${turnedAway ?? 'the connection was lost'}`, { cause });
  }
  const unable = UNABLE.get(code);
  if (unable !== undefined) return new StoreUnavailableError(`${server}: ${unable}`, { cause });
  if (PASSING.test(code)) {
    return new StoreUnavailableError(`${server}: it cannot do that at present (error ${code})`, { cause });
  }
  const refused = REFUSED.get(code);
  if (refused !== undefined) return new StoreError(`${server}: ${refused}`, { cause });
  // The message names the object that the right is missing for, and nothing that was stored.
  if (code === SQLSTATE.missingRight) {
    return new StoreError(`${server}: the storage URL's user lacks a right (${cause.message})`, { cause });
  }
  // Made by somebody else, in a schema that was there before; the message has its name.
  if (code === SQLSTATE.duplicateTable) {
    return new StoreError(
      `${server}: the schema has something of a name that logvitals needs (${cause.message}); choose another schema (postgres.schema)`,
      { cause },
    );
  }
  return new StoreError(`${server}: error ${code}${cause.table ? ` at the table ${cause.table}` : ''}`, { cause });
}

/** Another transaction got in the way; the same one, done again from its beginning, will find it done. */
const CONFLICTS: ReadonlySet<string> = new Set([
  SQLSTATE.uniqueViolation,
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlock,
]);
const MOST_TRIES = 5;

/** Does a transaction, again when another got in its way. */
export async function retryConflicts<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (tries === MOST_TRIES || !CONFLICTS.has(sqlStateOf(error))) throw error;
    }
  }
}
