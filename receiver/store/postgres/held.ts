import { createHash } from 'node:crypto';
import type { LogRecord } from '../../record/log-record.ts';
import { type Batch, DEDUPLICATION_WINDOW } from '../store.ts';
import type { Connection, Queries } from './connection.ts';
import { joinTime, splitTime, timeParameter } from './time.ts';

const WINDOW_MICROSECONDS = BigInt(DEDUPLICATION_WINDOW) * 1000n;

/**
 * Which batches are no retries: their keys, if they have any, are now taken. Waits for whoever is storing the same key
 * at this moment. `now` is in nanoseconds since the Unix epoch.
 */
export async function claimRequests(
  { query }: Queries,
  schema: string,
  batches: readonly Batch[],
  now: bigint,
): Promise<boolean[]> {
  const keys = [...new Set(batches.map(({ key }) => key).filter((key) => key !== null))];
  if (keys.length === 0) return batches.map(() => true);
  const { microseconds } = splitTime(now);
  // In the order of keys, so that receivers which store the same requests do not wait for each other in a circle.
  const claimed = await query<{ key: string }>(
    `insert into ${schema}.request as held (key, at)
     select key, $2 from unnest($1::text[]) as key order by key collate "C"
     on conflict (key) do update set at = excluded.at where held.at < $3
     returning key`,
    [keys, timeParameter(microseconds), timeParameter(microseconds - WINDOW_MICROSECONDS)],
  );
  const fresh = new Set(claimed.map(({ key }) => key));
  // The second of two in one append is a retry, too.
  return batches.map(({ key }) => key === null || fresh.delete(key));
}

/** Forgets the keys of requests that no retry comes of any more. */
export async function forgetRequests(connection: Connection, now: bigint): Promise<void> {
  const { microseconds } = splitTime(now);
  const oldest = timeParameter(microseconds - WINDOW_MICROSECONDS);
  await connection.query(`delete from ${connection.schema}.request where at < $1`, [oldest]);
}

/** What `log.record.uid` tells a record by, together with its timestamp; null when it has none. */
export function uidDigestOf({ service, attributes }: LogRecord): Buffer | null {
  const uid = attributes.get('log.record.uid');
  if (typeof uid !== 'string' || uid === '') return null;
  return createHash('sha256')
    .update(JSON.stringify([service, uid]))
    .digest();
}

/** What a record with a uid is told by. */
export interface Identified {
  readonly record: Pick<LogRecord, 'timestamp'>;
  readonly uidDigest: Buffer | null;
}

/** Tells records that are held already from new ones; a record that it called new is held from then on. */
export async function findHeld(
  { query }: Queries,
  schema: string,
  candidates: readonly Identified[],
): Promise<(candidate: Identified) => boolean> {
  const identified = candidates.filter(({ uidDigest }) => uidDigest !== null);
  const held = new Set<string>();
  if (identified.length > 0) {
    const times = identified.map(({ record }) => splitTime(record.timestamp));
    const inOrder = times.map(({ microseconds }) => microseconds).sort((one, other) => (one < other ? -1 : 1));
    // The bounds keep partitions out that none of the times is in.
    const rows = await query<{ uid_digest: Buffer; time: bigint; ns: number }>(
      `select uid_digest, time, ns from ${schema}.record
       where (uid_digest, time, ns) in (select * from unnest($1::bytea[], $2::timestamptz[], $3::smallint[]))
         and time >= $4 and time <= $5`,
      [
        identified.map(({ uidDigest }) => uidDigest),
        times.map(({ microseconds }) => timeParameter(microseconds)),
        times.map(({ ns }) => ns),
        timeParameter(inOrder[0]!),
        timeParameter(inOrder.at(-1)!),
      ],
    );
    for (const { uid_digest, time, ns } of rows) held.add(identity(uid_digest, joinTime(time, ns)));
  }
  return ({ record, uidDigest }) => {
    if (uidDigest === null) return false;
    const key = identity(uidDigest, record.timestamp);
    if (held.has(key)) return true;
    held.add(key);
    return false;
  };
}

const identity = (digest: Buffer, timestamp: bigint): string => `${timestamp} ${digest.toString('base64')}`;
