import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostics } from '../../../diagnostics.ts';
import { StoreUnavailableError, safeText } from '../../errors.ts';
import type { Database } from '../database.ts';
import { moveFiredAlerts } from './alerts.ts';
import { finishRemoval } from './removal.ts';
import type { UnfinishedSteps } from './unfinished-steps.ts';

/**
 * What a receiver finds at its start and is still there so much later is probably of a dead one. Should it be of a slow
 * one, that one begins its step again, which costs time and nothing else. Milliseconds.
 */
const PATIENCE_AT_START = 2000;
/** Later on: longer than a step of a receiver that lives may take. Milliseconds. */
const PATIENCE = 30_000;
/** Milliseconds between two looks; the shorter when something of this process failed. */
const INTERVAL = 15_000;
const INTERVAL_AFTER_FAILURE = 5000;

/** Finishes what was begun and left: by a receiver that ended, or by this one when the server went away. */
export class Repairs {
  readonly #database: Database;
  readonly #unfinished: UnfinishedSteps;
  readonly #diagnostics: Diagnostics;
  readonly #closing = new AbortController();
  #watching: Promise<void> | null = null;

  constructor(database: Database, unfinished: UnfinishedSteps, diagnostics: Diagnostics) {
    this.#database = database;
    this.#unfinished = unfinished;
    this.#diagnostics = diagnostics;
  }

  /** Begins to look for such steps again and again. */
  start(): void {
    this.#watching ??= this.#watch();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    await this.#look(PATIENCE_AT_START);
    await this.#sleep(PATIENCE_AT_START);
    await this.#look(PATIENCE_AT_START);
    while (!this.#closing.signal.aborted) {
      await this.#sleep(this.#unfinished.hasFailed ? INTERVAL_AFTER_FAILURE : INTERVAL);
      await this.#look(PATIENCE);
    }
  }

  /** A server that is away is the link's affair; any other trouble is said once. */
  async #look(patience: number): Promise<void> {
    if (this.#closing.signal.aborted) return;
    try {
      await this.#database.run(async () => {
        await moveFiredAlerts(this.#database);
        await this.#unfinished.finishOld(patience);
        await finishRemoval(this.#database);
      });
    } catch (error) {
      if (error instanceof StoreUnavailableError) return;
      this.#diagnostics.once('mongodb.repairs', `${safeText(error)}; unfinished writes will be looked for again`);
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
  }
}
