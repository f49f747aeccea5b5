import { hash } from 'node:crypto';
import { Binary } from 'mongodb';
import type { LogRecord } from '../../../record/log-record.ts';
import { DEDUPLICATION_WINDOW } from '../../store.ts';
import type { Database } from '../database.ts';
import type { RequestDocument, UidDocument } from '../documents.ts';
import { CODE, writeErrorsOf } from '../errors.ts';
import { dateOf } from '../log-document.ts';

/**
 * Claims: documents that only one can make. Each says where the records go that it is about, so that whoever comes second
 * finishes the work of the first, on the same places, instead of doing it again.
 */

/**
 * Claims batch keys. Gives the requests that were there before, by key; what is older than the deduplication window is
 * taken over.
 */
export async function claimRequests(
  { requests }: Database,
  claims: readonly RequestDocument[],
): Promise<ReadonlyMap<string, RequestDocument>> {
  const known = new Map<string, RequestDocument>();
  let left = claims;
  while (left.length > 0) {
    const refused = await insertAll(left, (documents) => requests.insertMany(documents, { ordered: false }));
    if (refused.length === 0) break;
    const held = await requests.find({ _id: { $in: refused.map(({ _id }) => _id) } }).toArray();
    for (const request of held) known.set(request._id, request);
    // Those that went by themselves meanwhile, or are so old that they mean nothing any more, are claimed anew.
    left = refused.filter(({ _id, at }) => isExpired(known.get(_id), at));
    for (const { _id } of left) {
      const old = known.get(_id);
      known.delete(_id);
      // Only that very one: of several who find it so old, one may have replaced it.
      if (old) await requests.deleteOne({ _id, at: old.at, first: old.first });
    }
  }
  return known;
}

const isExpired = (request: RequestDocument | undefined, now: Date): boolean =>
  request === undefined || now.getTime() - request.at.getTime() > DEDUPLICATION_WINDOW;

const UNIQUE_ID = 'log.record.uid';
/** 128 bits of SHA-256, because a clash would lose a record. */
const DIGEST_BYTES = 16;

/** What `log.record.uid` makes a record known by, in hexadecimal; null when it has none. */
export function uidOf(record: LogRecord): string | null {
  const uid = record.attributes.get(UNIQUE_ID);
  if (typeof uid !== 'string' || uid === '') return null;
  const text = JSON.stringify([record.service, String(record.timestamp), uid]);
  return hash('sha256', text, 'hex').slice(0, 2 * DIGEST_BYTES);
}

/** A record with a uid, and the id it is to have. */
export interface UidClaim {
  readonly uid: string;
  readonly id: string;
  readonly timestamp: bigint;
}

/** Claims uids. Gives the ids of those that were claimed before. */
export async function claimUids({ uids }: Database, claims: readonly UidClaim[]): Promise<ReadonlyMap<string, string>> {
  const documents = claims.map(({ uid, id, timestamp }) => ({ _id: binaryOf(uid), id, timestamp: dateOf(timestamp) }));
  const refused = await insertAll<UidDocument>(documents, (some) => uids.insertMany(some, { ordered: false }));
  if (refused.length === 0) return new Map();
  const held = await uids.find({ _id: { $in: refused.map(({ _id }) => _id) } }).toArray();
  return new Map(held.map(({ _id, id }) => [_id.toString('hex'), id]));
}

function binaryOf(uid: string): Binary {
  return new Binary(Buffer.from(uid, 'hex'));
}

/** Inserts documents; gives those that somebody else has made before. */
export async function insertAll<T>(
  documents: readonly T[],
  insert: (documents: T[]) => Promise<unknown>,
): Promise<readonly T[]> {
  if (documents.length === 0) return [];
  try {
    await insert([...documents]);
    return [];
  } catch (error) {
    const failed = writeErrorsOf(error);
    if (!failed?.every(({ code }) => code === CODE.duplicateKey)) throw error;
    return failed.map(({ index }) => documents[index]!);
  }
}
