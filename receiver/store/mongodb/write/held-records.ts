import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.ts';
import type { Journal } from './journal.ts';
import { TakenOverError } from './journal.ts';
import type { Step } from './lanes.ts';
import { changeOwner, type OwnedRecord, piecesOf, readOwned } from './owned-records.ts';
import type { Settlements } from './settlements.ts';
import type { SeenStep, UnfinishedSteps } from './unfinished-steps.ts';

/** Milliseconds between two looks at a step that is waited for. */
const LOOK_AGAIN = 25;
/** More steps than this, one after the other, do not get the same records before this one does. */
const MAX_ROUNDS = 10;

/** Records that a step found stored: who stored them may not have counted them, nor ever do. */
export class HeldRecords {
  readonly #database: Database;
  readonly #journal: Journal;
  readonly #unfinished: UnfinishedSteps;
  readonly #settlements: Settlements;

  constructor(database: Database, journal: Journal, unfinished: UnfinishedSteps, settlements: Settlements) {
    this.#database = database;
    this.#journal = journal;
    this.#unfinished = unfinished;
    this.#settlements = settlements;
  }

  /**
   * Resolves when all of these records are counted, but for those it gives: they are the step's now, and for it to
   * count. Others that are at them are waited for, for `patience` milliseconds or twice that.
   */
  async settle(ids: readonly string[], step: Step, patience: number): Promise<OwnedRecord[]> {
    const mine: OwnedRecord[] = [];
    let left = ids;
    for (let round = 0; left.length > 0; round++) {
      if (round === MAX_ROUNDS) throw new TakenOverError();
      const byOwner = Map.groupBy(await readOwned(this.#database, left), ({ storedBy }) => storedBy);
      mine.push(...(byOwner.get(step.id) ?? []));
      byOwner.delete(step.id);
      const others = [...byOwner.keys()].filter((owner) => !this.#settlements.hasStep(owner));
      const taken: string[] = [];
      for (const some of piecesOf(others)) {
        for (const owner of await this.#unfinished.find(some)) {
          // Of two that wait for each other only one takes the other over.
          const longer = owner._id < step.id ? 2 * patience : patience;
          if (await this.#waitFor(owner, longer)) taken.push(owner._id);
        }
      }
      left = [];
      for (const owner of taken) {
        const held = byOwner.get(owner)!.map(({ id }) => id);
        await changeOwner(this.#database, held, owner, step.id);
        left = [...left, ...held];
      }
    }
    return mine;
  }

  /** Whether the records of a step can be taken over; otherwise it has counted them. */
  async #waitFor(owner: SeenStep, patience: number): Promise<boolean> {
    for (let seen: SeenStep | undefined = owner; seen; [seen] = await this.#unfinished.find([owner._id])) {
      if (seen.state === 'taken') return true;
      if (this.#settlements.hasStep(seen._id)) return false;
      if (this.#unfinished.ageOf(seen) < patience) await sleep(LOOK_AGAIN);
      else if (seen.state === 'counting') await this.#unfinished.finish(seen._id);
      else await this.#journal.takeOver(seen._id);
    }
    return false;
  }
}
