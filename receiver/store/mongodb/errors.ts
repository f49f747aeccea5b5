import { MongoAPIError, MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError } from 'mongodb';
import { StoreError, StoreUnavailableError } from '../errors.ts';

/** Error codes of MongoDB that this driver acts on (`src/mongo/base/error_codes.yml` of MongoDB's source). */
export const CODE = {
  duplicateKey: 11000,
  commandNotFound: 59,
  indexNotFound: 27,
  namespaceNotFound: 26,
  maxTimeExpired: 50,
} as const;

/** The server is there, and cannot do it at present. */
const UNABLE = new Map<number, string>([
  [14031, 'its disk is full'],
  [CODE.maxTimeExpired, 'the query took longer than it may'],
  [64, 'not enough members of the replica set confirmed the write in time'],
  [100, 'not enough members of the replica set are there to confirm a write'],
  [112, 'another write came in between'],
  // Of two who make a document at the same time; the second try finds it.
  [CODE.duplicateKey, 'another write came in between'],
  [262, 'it took longer than it may'],
  [16500, 'it is overloaded'],
]);

/** A replica set that is choosing another primary, or a server that stops or starts. */
const CHANGING = new Set([6, 7, 89, 91, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 133]);

/** The database as it is set up will not have us. */
const REFUSED = new Map<number, string>([
  [18, 'the user name or the password of the storage URL is wrong'],
  [8000, 'the user name or the password of the storage URL is wrong'],
  [11, 'the user of the storage URL is unknown'],
  [10334, 'a record is larger than the 16 MB that a document may have'],
  [17280, 'a text is longer than its index can hold'],
]);

/** The server cannot be reached, or the connection to it was lost: nothing else would work either. */
export class ServerAwayError extends StoreUnavailableError {}

/** Kinds of the driver's errors that say that the server, or the way to it, is gone. */
const AWAY = new Set([
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
]);

/** What Node says of a server that cannot be reached. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  // First, since a name server may be what refuses a connection.
  [/ENOTFOUND|EAI_AGAIN|query(Srv|Txt)/, 'its name cannot be looked up'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no way to it'],
  [/CERT|certificate|SELF_SIGNED|SSL|TLS/, 'its certificate was refused, or it does not speak TLS'],
  [/not primary|ReplicaSetNoPrimary/, 'the replica set has no primary at present'],
];

/**
 * What the driver rejected with, in words that are safe to show (P34): hosts and the database may be told, user and
 * password never, nor what was being stored. Errors that are not about the database are given back as they are.
 */
export function storeErrorOf(caught: unknown, server: string): unknown {
  const error = unwrapped(caught);
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  if (isSocketError(error)) return ofLostServer(error, server);
  if (!(error instanceof MongoError)) return error;
  if (error instanceof MongoServerError) return ofServerError(error, server);
  if (error.name === 'MongoWaitQueueTimeoutError' || error.name === 'MongoOperationTimeoutError') {
    return new StoreUnavailableError(`${server}: it is too slow for what is asked of it`, { cause: error });
  }
  if (error instanceof MongoNetworkError || AWAY.has(error.name)) return ofLostServer(error, server);
  if (error.name === 'MongoMissingCredentialsError') {
    return new StoreError(`${server} asks for a user and a password, and the storage URL has none`, { cause: error });
  }
  if (error instanceof MongoAPIError && /larger than the maximum/.test(error.message)) {
    return new StoreError(`${server}: ${REFUSED.get(10334)}`, { cause: error });
  }
  return new StoreError(`${server}: the driver refused (${error.name})`, { cause: error });
}

/** Codes of the single writes of a bulk that failed, one for each; null for an error of another kind. */
export function writeErrorsOf(error: unknown): readonly { readonly index: number; readonly code: number }[] | null {
  if (!(error instanceof MongoBulkWriteError) || unwrapped(error) !== error) return null;
  const { writeErrors } = error;
  const failed = Array.isArray(writeErrors) ? writeErrors : [writeErrors];
  return error.result.getWriteConcernError() || failed.length === 0 ? null : failed;
}

const SOCKET_ERROR = /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED|ERR_STREAM_)/;
/** Of a name that `mongodb+srv:` looks up itself. */
const NAME_ERROR = /^(ENOTFOUND|EAI_AGAIN|ENODATA|ESERVFAIL|EREFUSED|ECONNREFUSED|ETIMEOUT)/;

/** What Node says of a connection that broke off while it was written to, or of a name; the driver passes it on as it is. */
function isSocketError(error: Error): boolean {
  return (
    'code' in error && typeof error.code === 'string' && (SOCKET_ERROR.test(error.code) || NAME_ERROR.test(error.code))
  );
}

/** A bulk wraps whatever goes wrong in an error of its own, a lost connection too. */
function unwrapped(error: unknown): unknown {
  const inner: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : null;
  return inner instanceof Error ? unwrapped(inner) : error;
}

/** What the server said, to be acted on: an error's code, else 0. */
export function codeOf(error: unknown): number {
  const cause = error instanceof StoreError ? error.cause : error;
  return cause instanceof MongoServerError && typeof cause.code === 'number' ? cause.code : 0;
}

function ofLostServer(cause: Error, server: string): ServerAwayError {
  // The reason of a failed selection stands in the descriptions of the servers that were tried.
  const text = `${cause.message} ${innermostMessage(cause)}`;
  const reason =
    REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'it does not answer, or broke the connection off';
  return new ServerAwayError(`${server} is away: ${reason}`, { cause });
}

function innermostMessage(error: Error): string {
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}

function ofServerError(cause: MongoServerError, server: string): StoreError {
  const failed = cause instanceof MongoBulkWriteError ? writeErrorsOf(cause)?.find(isNoDuplicate) : undefined;
  const code = failed?.code ?? (typeof cause.code === 'number' ? cause.code : 0);
  if (CHANGING.has(code) || cause.hasErrorLabel('RetryableWriteError')) {
    return new ServerAwayError(`${server} is away: it is stopping, starting or choosing another primary`, { cause });
  }
  const unable = UNABLE.get(code);
  if (unable !== undefined) return new StoreUnavailableError(`${server}: ${unable}`, { cause });
  const refused = REFUSED.get(code);
  if (refused !== undefined) return new StoreError(`${server}: ${refused}`, { cause });
  if (code === 13) {
    // The message quotes the whole command; its name is enough.
    const [, command = 'an operation'] = /to execute command \{ (\w+)/.exec(cause.message) ?? [];
    return new StoreError(`${server}: the storage URL's user lacks the right to ${command} (role readWrite)`, {
      cause,
    });
  }
  return new StoreError(`${server}: error ${code}${cause.codeName ? ` (${cause.codeName})` : ''}`, { cause });
}

const isNoDuplicate = ({ code }: { readonly code: number }) => code !== CODE.duplicateKey;
