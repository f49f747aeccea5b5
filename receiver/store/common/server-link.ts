import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostics } from '../../diagnostics.ts';
import { StoreError, StoreUnavailableError, safeText } from '../errors.ts';

export interface ServerLinkOptions {
  /** For messages, without user or password: `PostgreSQL at db:5432`. */
  readonly server: string;
  /** Connects for the first time and brings the database into shape. Done until it succeeds, then never again. */
  readonly setUp: () => Promise<void>;
  /** Whether the server is there; resolves when it is. */
  readonly probe: () => Promise<void>;
  /** Whether to go on without a server that is away, as `OpenStoreOptions` has it. */
  readonly waitForServer: boolean;
  readonly diagnostics: Diagnostics;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

/**
 * What is known of a server that may go away and come back. While it is away, it is tried again and again, and what
 * needs it fails at once with the reason. Said is when it went, and when it is back, each once.
 */
export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #closing = new AbortController();
  #isSetUp = false;
  /** Why nothing can be done at present; null when something can. */
  #trouble: StoreError | null = null;
  #watching: Promise<void> | null = null;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
  }

  /**
   * The first set-up. Rejects with what it rejects with; but when the server is merely away and may be waited for, it
   * resolves, and the set-up is done when the server comes.
   */
  async open(): Promise<void> {
    try {
      await this.#options.setUp();
      this.#isSetUp = true;
    } catch (error) {
      if (!this.#options.waitForServer || !(error instanceof StoreUnavailableError)) throw error;
      this.#trouble = error;
      this.#options.diagnostics.warn(`${error.message}; waiting for it`);
      this.#watch(FIRST_DELAY);
    }
  }

  /** Throws why nothing can be done at present. */
  check(): void {
    if (this.#trouble) throw this.#trouble;
  }

  /** A connection was lost, or could not be had: finds out whether the server is away. */
  suspect(): void {
    if (this.#isSetUp && this.#trouble === null) this.#watch(0);
  }

  /** Tries no more; resolves when no try is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  #watch(firstDelay: number): void {
    if (this.#closing.signal.aborted) return;
    this.#watching ??= this.#tryUntilThere(firstDelay).finally(() => {
      this.#watching = null;
    });
  }

  async #tryUntilThere(firstDelay: number): Promise<void> {
    const { signal } = this.#closing;
    for (let delay = firstDelay; ; delay = Math.min(LONGEST_DELAY, Math.max(FIRST_DELAY, delay * 2))) {
      await sleep(delay, undefined, { ref: false, signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await (this.#isSetUp ? this.#options.probe() : this.#options.setUp());
        this.#found();
        return;
      } catch (error) {
        if (!signal.aborted) this.#failed(error);
      }
    }
  }

  #found(): void {
    const { server, diagnostics } = this.#options;
    if (this.#trouble) diagnostics.info(`${server} is ${this.#isSetUp ? 'back' : 'there'}`);
    this.#isSetUp = true;
    this.#trouble = null;
  }

  #failed(error: unknown): void {
    const { server, diagnostics } = this.#options;
    const known = error instanceof StoreError ? error : new StoreError(`${server}: ${safeText(error)}`);
    // What took us once and does no longer may be mended: clients keep what they have until then.
    const isPassing = this.#isSetUp && !(known instanceof StoreUnavailableError);
    const trouble = isPassing ? new StoreUnavailableError(known.message, { cause: known.cause }) : known;
    // Said anew when it is another trouble: a server that came back and refuses the password.
    if (trouble.message !== this.#trouble?.message) diagnostics.error(`${trouble.message}; trying again`);
    this.#trouble = trouble;
  }
}
