import type { Clock } from '../../../record/clock.ts';
import { formatId } from '../../common/ids.ts';
import { StoreUnavailableError } from '../../errors.ts';
import type { AppendedBatch, Batch } from '../../store.ts';
import type { Database } from '../database.ts';
import type { LogDocument } from '../documents.ts';
import { DocumentWriter, dateOf } from '../log-document.ts';
import { claimRequests, claimUids, insertAll, type UidClaim, uidOf } from './claims.ts';
import { CountChanges } from './count-changes.ts';
import { Journal } from './journal.ts';
import { KeyLocks } from './key-locks.ts';
import { Lanes, type Step } from './lanes.ts';
import type { Repairs } from './repairs.ts';
import { Sequences } from './sequences.ts';
import { Settlements } from './settlements.ts';

/** Appends under way at a time: while the server works on one, another is encoded. */
const LANES = 4;
/** Documents of one insert, and inserts of one append at a time. */
const INSERT_SIZE = 500;
const INSERTS_AT_A_TIME = 2;
/**
 * A step that takes longer stops short of the counts, milliseconds: others may take it for one that nobody finishes
 * (`repairs.ts`).
 */
const LONGEST_STEP = 20_000;

/** The records of a batch on their way. */
interface Part {
  readonly batch: Batch;
  /** Held already, as a whole. */
  isDuplicate: boolean;
  /** The key was claimed before, by somebody who did not finish. */
  isResumed: boolean;
  /** The sequence of its first record. */
  first: number;
  /** For each record its id, or null when it is held already. Empty before they are given. */
  ids: (string | null)[];
}

/**
 * Stores batches: claims their keys and uids, writes the step down, inserts the records, counts them, crosses the step
 * out. docs/mongodb.md says what is left when it ends in between.
 */
export class Appender {
  readonly #database: Database;
  readonly #now: Clock;
  readonly #repairs: Repairs;
  readonly #journal: Journal;
  readonly #sequences: Sequences;
  readonly #lanes = new Lanes(LANES);
  readonly #keyLocks = new KeyLocks();
  readonly #settlements: Settlements;

  constructor(database: Database, now: Clock, repairs: Repairs) {
    this.#database = database;
    this.#now = now;
    this.#repairs = repairs;
    this.#journal = new Journal(database);
    this.#sequences = new Sequences(database);
    this.#settlements = new Settlements(database);
  }

  async append(batches: readonly Batch[]): Promise<AppendedBatch[]> {
    const keys = batches.flatMap(({ key }) => (key === null ? [] : [key]));
    return this.#keyLocks.with(keys, async () => {
      const parts = await this.#partsOf(batches);
      await this.#lanes.use((step) => this.#store(parts, step));
      return parts.map(answerOf);
    });
  }

  /** Resolves when nothing is left to be crossed out. Nothing may be appended any more. */
  close(): Promise<void> {
    return this.#settlements.close();
  }

  async #partsOf(batches: readonly Batch[]): Promise<Part[]> {
    const size = batches.reduce((sum, { records }) => sum + records.length, 0);
    let first = size === 0 ? 0 : await this.#sequences.take(size);
    const seen = new Set<string>();
    return batches.map((batch) => {
      const isDuplicate = batch.key !== null && seen.has(batch.key);
      if (batch.key !== null) seen.add(batch.key);
      const part: Part = { batch, isDuplicate, isResumed: false, first, ids: [] };
      first += batch.records.length;
      return part;
    });
  }

  async #store(parts: readonly Part[], step: Step): Promise<void> {
    const at = dateOf(this.#now());
    const keyed = parts.filter(({ batch, isDuplicate }) => batch.key !== null && !isDuplicate);
    if (keyed.length === 0 && parts.every(({ batch }) => batch.records.length === 0)) return;
    const uidClaims = giveIds(parts);
    const open = () => this.#journal.open(step, { kind: 'append', at, ids: parts.flatMap(newIds) });
    const requests = keyed.map(({ batch, first }) => ({ _id: batch.key!, at, first, pending: true as const }));
    const [known, heldUids] = await Promise.all([
      claimRequests(this.#database, requests),
      claimUids(this.#database, uidClaims),
      open(),
    ]);
    if (known.size > 0 || heldUids.size > 0) {
      await this.#resume(keyed, known);
      await this.#dropHeld(parts, heldUids);
      await open();
    }
    try {
      const changes = await this.#insert(parts, step);
      this.#checkInTime(step);
      await Promise.all([changes.applyToCounts(this.#database, step, true), changes.applyToLoggers(this.#database)]);
    } catch (error) {
      this.#repairs.expect(step.id);
      throw error;
    }
    const settled = keyed.filter(({ isDuplicate }) => !isDuplicate).map(({ batch }) => batch.key!);
    this.#settlements.add(step, settled);
  }

  /** What is known of these requests already: they are stored, or somebody began to. */
  async #resume(keyed: readonly Part[], known: Awaited<ReturnType<typeof claimRequests>>): Promise<void> {
    for (const part of keyed) {
      const request = known.get(part.batch.key!);
      if (!request) continue;
      if (request.pending && !this.#settlements.has(request._id)) {
        part.isResumed = true;
        part.first = request.first;
        // Those with a uid have the place that is claimed for the uid, whoever claimed it.
        part.ids = part.batch.records.map((record, place) =>
          uidOf(record) === null ? formatId(record.timestamp, request.first + place) : part.ids[place]!,
        );
      } else {
        part.isDuplicate = true;
        part.ids = [];
      }
    }
  }

  /** Records with uids that were claimed before are held, or are stored at the place that was claimed for them. */
  async #dropHeld(parts: readonly Part[], heldUids: ReadonlyMap<string, string>): Promise<void> {
    if (heldUids.size === 0) return;
    const ids = [...heldUids.values()];
    const options = { projection: { _id: 1 } } as const;
    const documents = await this.#database.logs.find({ _id: { $in: ids } }, options).toArray();
    const stored = new Set(documents.map(({ _id }) => _id));
    for (const { batch, ids: idsOfPart } of parts) {
      for (const [place, record] of batch.records.entries()) {
        const uid = idsOfPart[place] == null ? null : uidOf(record);
        const held = uid === null ? undefined : heldUids.get(uid);
        if (held !== undefined) idsOfPart[place] = stored.has(held) ? null : held;
      }
    }
  }

  /** Inserts what is not there yet; gives what that changes of the counts. */
  async #insert(parts: readonly Part[], step: Step): Promise<CountChanges> {
    const changes = new CountChanges();
    const writer = new DocumentWriter(step.id);
    const places = placesToStore(parts);
    let next = 0;
    const insertOn = async () => {
      while (next < places.length) {
        const some = places.slice(next, next + INSERT_SIZE);
        next += INSERT_SIZE;
        const documents = some.map(({ part, place, id }) => writer.write(part.batch.records[place]!, id));
        const held = await insertAll<LogDocument>(documents, (all) =>
          this.#database.logs.insertMany(all, { ordered: false }),
        );
        const heldIds = new Set(held.map(({ _id }) => _id));
        for (const { part, place, id } of some) {
          if (heldIds.has(id)) part.ids[place] = null;
          else changes.add(part.batch.records[place]!, id);
        }
      }
    };
    const inserts = await Promise.allSettled(Array.from({ length: INSERTS_AT_A_TIME }, insertOn));
    for (const insert of inserts) if (insert.status === 'rejected') throw insert.reason;
    return changes;
  }

  #checkInTime({ startedAt }: Step): void {
    if (performance.now() - startedAt < LONGEST_STEP) return;
    throw new StoreUnavailableError(
      `${this.#database.server} is too slow: storing took longer than ${LONGEST_STEP / 1000} s`,
    );
  }
}

/** Gives each record an id. Records whose uid came before in the same append are held; of the others the claims. */
function giveIds(parts: readonly Part[]): UidClaim[] {
  const claims = new Map<string, UidClaim>();
  for (const part of parts) {
    if (part.isDuplicate) continue;
    part.ids = part.batch.records.map((record, place) => {
      const id = formatId(record.timestamp, part.first + place);
      const uid = uidOf(record);
      if (uid === null) return id;
      if (claims.has(uid)) return null;
      claims.set(uid, { uid, id, timestamp: record.timestamp });
      return id;
    });
  }
  return [...claims.values()];
}

interface Place {
  readonly part: Part;
  readonly place: number;
  readonly id: string;
}

function placesToStore(parts: readonly Part[]): Place[] {
  return parts.flatMap((part) => part.ids.flatMap((id, place) => (id === null ? [] : [{ part, place, id }])));
}

const newIds = ({ ids }: Part): string[] => ids.filter((id) => id !== null);

function answerOf({ isDuplicate, isResumed, ids }: Part): AppendedBatch {
  const stored = ids.reduce((sum, id) => sum + (id === null ? 0 : 1), 0);
  // Somebody had stored all of it, and could not say so any more.
  const wasStored = isResumed && stored === 0;
  return { duplicate: isDuplicate || wasStored, stored, idOf: (place) => ids[place] ?? null };
}
