import type { Clock } from '../../../record/clock.ts';
import type { Database } from '../database.ts';
import type { JournalDocument } from '../documents.ts';
import { hintOf } from '../indexes.ts';
import { dateOf } from '../log-document.ts';
import { CountChanges } from './count-changes.ts';
import { decodeIds } from './encoded-ids.ts';
import { Journal } from './journal.ts';
import { Lanes, stepOf } from './lanes.ts';
import { changeOwner, readOwned } from './owned-records.ts';

/** Steps looked at in one go, the oldest. */
const MAX_SEEN = 1000;
/**
 * A step that was taken over stays written down for so long, and is looked at again: a receiver that was frozen, or a
 * network that was broken, may have held back a command that stores for it. Milliseconds.
 */
const TAKEN_FOR = 86_400_000;
/** The same where there are more of them than that, or a clock is wrong: what the server had begun is done by then. */
const TAKEN_AT_LEAST = 60_000;
const MAX_TAKEN = 500;

/** What is looked at of a step before it is decided whether to finish it. */
export type SeenStep = Pick<JournalDocument, '_id' | 'state'>;

/** Times of this process's own clock. */
interface Seen {
  readonly since: number;
  /** When its records were last looked for. */
  lookedAt: number;
}

/**
 * Steps that were begun and not crossed out, and how to finish them. How long one is there already is told by this
 * process's own clock, from when it saw it first: clocks of others do not matter.
 */
export class UnfinishedSteps {
  readonly #database: Database;
  readonly #now: Clock;
  readonly #elapsed: () => number;
  readonly #journal: Journal;
  readonly #lanes = new Lanes(1);
  /** By id and state. */
  #seen = new Map<string, Seen>();
  /** Steps of this process that failed: nobody has to wait for them. */
  readonly #failed = new Set<string>();

  /** `elapsed` is this process's own clock, in milliseconds. */
  constructor(database: Database, now: Clock, elapsed = () => performance.now()) {
    this.#database = database;
    this.#now = now;
    this.#elapsed = elapsed;
    this.#journal = new Journal(database);
  }

  /** A step of this process failed in the middle. */
  addFailed(stepId: string): void {
    if (this.#failed.size < MAX_SEEN) this.#failed.add(stepId);
  }

  get hasFailed(): boolean {
    return this.#failed.size > 0;
  }

  /** Milliseconds since this process first saw the step in this state; endless for its own steps that failed. */
  ageOf(step: SeenStep): number {
    if (step.state !== 'taken' && this.#failed.has(step._id)) return Number.POSITIVE_INFINITY;
    const { since } = this.#seenOf(step);
    return this.#elapsed() - since;
  }

  /** Those of these steps that are not crossed out. */
  async find(ids: readonly string[]): Promise<SeenStep[]> {
    return this.#database.journal.find({ _id: { $in: [...ids] } }, { projection: { state: 1 } }).toArray();
  }

  /** Finishes all steps that are there for longer than `patience` milliseconds. */
  async finishOld(patience: number): Promise<void> {
    const failed = [...this.#failed];
    const options = {
      hint: hintOf('journalByTime'),
      sort: { at: 1 },
      limit: MAX_SEEN,
      projection: { state: 1, at: 1 },
    } as const;
    const steps = await this.#database.journal
      .find<SeenStep & Pick<JournalDocument, 'at'>>({ at: { $exists: true } }, options)
      .toArray();
    const present = new Set(steps.map(keyOf));
    this.#seen = new Map(Array.from(this.#seen).filter(([key]) => present.has(key)));
    for (const step of steps) if (this.#isDue(step, patience)) await this.finish(step._id);
    const taken = steps.filter(({ state }) => state === 'taken');
    const before = dateOf(this.#now()).getTime() - TAKEN_FOR;
    for (const [index, step] of taken.entries()) {
      const isKept = step.at.getTime() >= before && taken.length - index <= MAX_TAKEN;
      if (!isKept && this.ageOf(step) >= TAKEN_AT_LEAST) {
        await this.finish(step._id);
        await this.#journal.close({ id: step._id });
      }
    }
    for (const id of failed) this.#failed.delete(id);
  }

  /** One that was taken over is looked at whenever its age has doubled. */
  #isDue(step: SeenStep, patience: number): boolean {
    if (this.#failed.has(step._id)) return true;
    const age = this.ageOf(step);
    if (age < patience || step.state !== 'taken') return age >= patience;
    const seen = this.#seenOf(step);
    if (age < 2 * (seen.lookedAt - seen.since)) return false;
    seen.lookedAt = this.#elapsed();
    return true;
  }

  #seenOf(step: SeenStep): Seen {
    const key = keyOf(step);
    let seen = this.#seen.get(key);
    if (!seen) {
      if (this.#seen.size >= 2 * MAX_SEEN) this.#seen.clear();
      const since = this.#elapsed();
      seen = { since, lookedAt: since };
      this.#seen.set(key, seen);
    }
    return seen;
  }

  /** Does what is left of a step, whoever began it, and whether he is still at it or not. */
  async finish(id: string): Promise<void> {
    const entry = await this.#database.journal.findOne({ _id: id });
    if (!entry) return;
    if (entry.state === 'counting') await this.#finishCounting(entry);
    else await this.#inherit(entry);
  }

  /** It stored all that it will, so its records tell what it counts; and counts know what is in them. */
  async #finishCounting(entry: JournalDocument): Promise<void> {
    const changes = new CountChanges();
    for (const record of await readOwned(this.#database, decodeIds(entry.records))) {
      if (record.storedBy === entry._id) changes.add(record, record.id);
    }
    await changes.applyToCounts(this.#database, stepOf(entry._id), true);
    await changes.applyToLoggers(this.#database);
    await this.#journal.close({ id: entry._id });
  }

  /** Counts what it stored as a step of one's own. */
  async #inherit({ _id, state, records }: JournalDocument): Promise<void> {
    if (state !== 'taken') {
      await this.#journal.takeOver(_id);
      const [step] = await this.find([_id]);
      // It is counting by now, or done: another time, if ever.
      if (step?.state !== 'taken') return;
    }
    const ids = decodeIds(records);
    const left = (await readOwned(this.#database, ids)).filter(({ storedBy }) => storedBy === _id).map(({ id }) => id);
    if (left.length === 0) return;
    await this.#lanes.use(async (step) => {
      await this.#journal.open(step, dateOf(this.#now()), left);
      await changeOwner(this.#database, left, _id, step.id);
      await this.#journal.beginCounting(step);
      await this.finish(step.id);
    });
  }
}

const keyOf = ({ _id, state }: SeenStep): string => `${_id} ${state ?? 'storing'}`;
