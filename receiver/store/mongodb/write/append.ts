import type { Clock } from '../../../record/clock.ts';
import { formatId } from '../../common/ids.ts';
import { StoreUnavailableError } from '../../errors.ts';
import type { AppendedBatch, Batch } from '../../store.ts';
import type { Database } from '../database.ts';
import type { LogDocument } from '../documents.ts';
import { DocumentWriter, dateOf } from '../log-document.ts';
import { claimRequests, claimUids, insertAll, uidOf } from './claims.ts';
import { CountChanges } from './count-changes.ts';
import { HeldRecords } from './held-records.ts';
import { Journal, TakenOverError } from './journal.ts';
import { KeyLocks } from './key-locks.ts';
import { KnownDays } from './known-days.ts';
import { Lanes, type Step } from './lanes.ts';
import { readOwned } from './owned-records.ts';
import { answerOf, giveIds, idsToStore, newIds, type Part, type Place, placesToStore } from './parts.ts';
import { Sequences } from './sequences.ts';
import { Settlements } from './settlements.ts';
import { joinAnswers, splitBatch, stepsOf } from './step-batches.ts';
import type { UnfinishedSteps } from './unfinished-steps.ts';

/** Appends under way at a time: while the server works on one, another is encoded. */
const LANES = 4;
/**
 * Records of one step: so many are stored in time even by a slow server, and their ids have room in one document of the
 * journal.
 */
const STEP_RECORDS = 50_000;
/** Documents of one insert, and inserts of one append at a time. */
const INSERT_SIZE = 500;
const INSERTS_AT_A_TIME = 2;
/** A step that takes longer is given up before others take it for one that nobody finishes (`repairs.ts`). Milliseconds. */
const LONGEST_STEP = 20_000;
/**
 * Another receiver that is at the same records is waited for, milliseconds; then they are taken over. Each time that
 * others took them from here it is twice as long: one of the two will be done.
 */
const PATIENCE = 1000;
const MAX_TRIES = 4;

interface Storing {
  readonly step: Step;
  /** How long others at the same records are waited for, milliseconds. */
  readonly patience: number;
}

/**
 * Stores batches: claims their keys and uids, writes the step down, inserts the records, counts them, crosses the step
 * out. docs/mongodb.md says what is left when it ends in between.
 */
export class Appender {
  readonly #database: Database;
  readonly #now: Clock;
  readonly #unfinished: UnfinishedSteps;
  readonly #journal: Journal;
  readonly #sequences: Sequences;
  readonly #lanes = new Lanes(LANES);
  readonly #keyLocks = new KeyLocks();
  readonly #knownDays = new KnownDays();
  readonly #settlements: Settlements;
  readonly #heldRecords: HeldRecords;
  readonly #stepRecords: number;

  constructor(database: Database, now: Clock, unfinished: UnfinishedSteps, stepRecords = STEP_RECORDS) {
    this.#database = database;
    this.#now = now;
    this.#unfinished = unfinished;
    this.#journal = new Journal(database);
    this.#sequences = new Sequences(database);
    this.#settlements = new Settlements(database);
    this.#stepRecords = stepRecords;
    this.#heldRecords = new HeldRecords(database, this.#journal, unfinished, this.#settlements);
  }

  async append(batches: readonly Batch[]): Promise<AppendedBatch[]> {
    const writer = new DocumentWriter('');
    for (const { records } of batches) for (const record of records) writer.checkSize(record);
    const pieces = batches.map((batch) => splitBatch(batch, this.#stepRecords));
    const answers: AppendedBatch[] = [];
    for (const some of stepsOf(pieces.flat(), this.#stepRecords)) answers.push(...(await this.#appendAtOnce(some)));
    let next = 0;
    return pieces.map(({ length }) => {
      const ofBatch = answers.slice(next, next + length);
      next += length;
      return joinAnswers(ofBatch, this.#stepRecords);
    });
  }

  async #appendAtOnce(batches: readonly Batch[]): Promise<AppendedBatch[]> {
    const keys = batches.flatMap(({ key }) => (key === null ? [] : [key]));
    return this.#keyLocks.with(keys, async () => {
      const parts = await this.#partsOf(batches);
      for (let tries = 1; !(await this.#tryToStore(parts, tries)); tries++);
      return parts.map(answerOf);
    });
  }

  /** False when others took the step over: the next one takes its records from it. */
  async #tryToStore(parts: readonly Part[], tries: number): Promise<boolean> {
    try {
      await this.#lanes.use((step) => this.#store(parts, step, PATIENCE * 2 ** (tries - 1)));
      return true;
    } catch (error) {
      if (tries < MAX_TRIES && error instanceof TakenOverError) return false;
      throw error;
    }
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

  async #store(parts: readonly Part[], step: Step, patience: number): Promise<void> {
    const keyed = parts.filter(({ batch, isDuplicate }) => batch.key !== null && !isDuplicate);
    if (keyed.length === 0 && parts.every(({ batch }) => batch.records.length === 0)) return;
    try {
      const changes = await this.#storeRecords(parts, keyed, { step, patience });
      await Promise.all([
        changes.storeCounts(this.#database, step, this.#knownDays),
        changes.applyToLoggers(this.#database),
      ]);
    } catch (error) {
      this.#unfinished.addFailed(step.id);
      throw error;
    }
    const settled = keyed.filter(({ isDuplicate }) => !isDuplicate).map(({ batch }) => batch.key!);
    this.#settlements.add(step, settled);
  }

  /** Stores all that it will, and says so; gives what that changes of the counts. */
  async #storeRecords(parts: readonly Part[], keyed: readonly Part[], storing: Storing): Promise<CountChanges> {
    const { step } = storing;
    const heldByUid = await this.#claim(parts, keyed, step);
    const ids = idsToStore(parts, heldByUid);
    let mayBeCounting = false;
    try {
      const changes = await this.#insert(parts, heldByUid, storing);
      checkInTime(step, this.#database.server);
      mayBeCounting = true;
      await this.#journal.beginCounting(step);
      return changes;
    } catch (error) {
      // A process that was frozen for long finds its step taken over, and crossed out, but may have stored since then.
      if (error instanceof TakenOverError || (!mayBeCounting && isLate(step))) {
        await this.#journal.putBack(step, dateOf(this.#now()), ids).catch(() => {});
      }
      throw error;
    }
  }

  /** Gives records their ids, and writes the step down. Gives the records that are held for their uids. */
  async #claim(parts: readonly Part[], keyed: readonly Part[], step: Step): Promise<readonly Place[]> {
    const at = dateOf(this.#now());
    const uidClaims = giveIds(parts);
    const requests = keyed.map(({ batch, first }) => ({ _id: batch.key!, at, first, pending: true as const }));
    const [known, heldUids] = await Promise.all([
      claimRequests(this.#database, requests),
      claimUids(this.#database, uidClaims),
      this.#journal.open(step, at, parts.flatMap(newIds)),
    ]);
    if (known.size === 0 && heldUids.size === 0) return [];
    this.#resume(keyed, known);
    const held = await this.#dropHeld(parts, heldUids);
    await this.#journal.change(step, idsToStore(parts, held));
    return held;
  }

  /** What is known of these requests already: they are stored, or somebody began to. */
  #resume(keyed: readonly Part[], known: Awaited<ReturnType<typeof claimRequests>>): void {
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

  /** Records with uids that were claimed before are stored at the place that was claimed for them; gives those that are. */
  async #dropHeld(parts: readonly Part[], heldUids: ReadonlyMap<string, string>): Promise<Place[]> {
    if (heldUids.size === 0) return [];
    const documents = await readOwned(this.#database, [...heldUids.values()]);
    const stored = new Set(documents.map(({ id }) => id));
    const places: Place[] = [];
    for (const part of parts) {
      for (const [place, record] of part.batch.records.entries()) {
        const uid = part.ids[place] == null ? null : uidOf(record);
        const id = uid === null ? undefined : heldUids.get(uid);
        if (id === undefined) continue;
        if (stored.has(id)) places.push({ part, place, id });
        part.ids[place] = stored.has(id) ? null : id;
      }
    }
    return places;
  }

  /** Inserts what is not there yet, and sees to what is; gives what that changes of the counts. */
  async #insert(
    parts: readonly Part[],
    heldByUid: readonly Place[],
    { step, patience }: Storing,
  ): Promise<CountChanges> {
    const changes = new CountChanges();
    const writer = new DocumentWriter(step.id);
    const places = placesToStore(parts);
    const held = [...heldByUid];
    let next = 0;
    const insertOn = async () => {
      while (next < places.length) {
        checkInTime(step, this.#database.server);
        const some = places.slice(next, next + INSERT_SIZE);
        next += INSERT_SIZE;
        const documents = some.map(({ part, place, id }) => writer.write(part.batch.records[place]!, id));
        const refused = await insertAll<LogDocument>(documents, (all) =>
          this.#database.logs.insertMany(all, { ordered: false }),
        );
        const refusedIds = new Set(refused.map(({ _id }) => _id));
        for (const one of some) {
          if (refusedIds.has(one.id)) held.push(one);
          else changes.add(one.part.batch.records[one.place]!, one.id);
        }
      }
    };
    const inserts = await Promise.allSettled(Array.from({ length: INSERTS_AT_A_TIME }, insertOn));
    for (const insert of inserts) if (insert.status === 'rejected') throw insert.reason;
    const ids = new Set(held.map(({ id }) => id));
    const mine = new Map(
      (await this.#heldRecords.settle([...ids], step, patience)).map((record) => [record.id, record]),
    );
    for (const record of mine.values()) changes.add(record, record.id);
    for (const { part, place, id } of held) part.ids[place] = mine.has(id) ? id : null;
    return changes;
  }
}

const isLate = ({ startedAt }: Step): boolean => performance.now() - startedAt >= LONGEST_STEP;

function checkInTime(step: Step, server: string): void {
  if (!isLate(step)) return;
  throw new StoreUnavailableError(`${server} is too slow: storing took longer than ${LONGEST_STEP / 1000} s`);
}
