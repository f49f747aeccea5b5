import { StoreUnavailableError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** Milliseconds that a read waits for its turn. */
const LONGEST_WAIT = 10_000;

/**
 * A connection of which so many queries run at a time: others wait for their turn, as long as their callers do, and are
 * refused as unavailable after 10 s. However many pages are asked for, the rest of the pool stays free.
 */
export function readingShare(connection: Connection, places: number): Connection {
  const turns = new Turns(places);
  return {
    server: connection.server,
    schema: connection.schema,
    schemaName: connection.schemaName,
    db: connection.db,
    query: (sql, parameters, options) =>
      turns.take(() => connection.query(sql, parameters, options), busy(connection), options?.signal),
    run: (query, options) => turns.take(() => connection.run(query, options), busy(connection), options?.signal),
    transaction: (work, options) => connection.transaction(work, options),
    alone: (work, options) => connection.alone(work, options),
    apart: (work) => connection.apart(work),
    close: () => connection.close(),
  };
}

const busy = ({ server }: Connection) =>
  new StoreUnavailableError(
    `${server}: too many pages and searches at once; raise postgres.connections if it stays so`,
  );

class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  async take<Result>(work: () => Promise<Result>, late: Error, signal: AbortSignal | undefined): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(late, signal);
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      if (next) next();
      else this.#free += 1;
    }
  }

  #wait(late: Error, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(begin);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const begin = () => {
        leave();
        resolve();
      };
      const abort = () => {
        leave();
        reject(signal!.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(late);
      }, LONGEST_WAIT);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(begin);
    });
  }
}
