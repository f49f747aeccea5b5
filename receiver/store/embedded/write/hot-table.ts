import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Chunk } from '../chunk/chunk.ts';
import type { Numbers } from './numbers.ts';

/** A chunk of a day's hot records, as the writer remembers it. */
export interface HotChunk {
  readonly id: number;
  readonly records: number;
  readonly bytes: number;
}

/** The `hot` table: chunks of records that are in no block yet, those that came first in front. */
export class HotTable {
  readonly #numbers: Numbers;
  readonly #list: StatementSync;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #delete: StatementSync;
  /** Chunks that turned out unreadable. */
  readonly #left = new Set<number>();
  #chunks: HotChunk[] = [];

  constructor(database: DatabaseSync, numbers: Numbers) {
    this.#numbers = numbers;
    this.#list = database.prepare('SELECT id, records, length(chunk) FROM hot ORDER BY id');
    this.#insert = database.prepare('INSERT INTO hot VALUES (?, ?, ?)');
    this.#read = database.prepare('SELECT chunk FROM hot WHERE id = ?');
    this.#delete = database.prepare('DELETE FROM hot WHERE id = ?');
    this.reload();
  }

  /** All but those that are left where they are. */
  get chunks(): readonly HotChunk[] {
    return this.#chunks;
  }

  /** Leaves a chunk that cannot be read out of everything that is done to chunks. */
  leave(chunk: HotChunk): void {
    this.#left.add(chunk.id);
    this.#chunks = this.#chunks.filter((each) => each !== chunk);
  }

  /** To be called when a transaction was taken back. */
  reload(): void {
    const rows = this.#list.all() as unknown as [number, number, number][];
    this.#chunks = rows.map(([id, records, bytes]) => ({ id, records, bytes })).filter(({ id }) => !this.#left.has(id));
  }

  add(chunk: Chunk): void {
    const id = this.#numbers.hot();
    const bytes = chunk.withChecksum();
    this.#insert.run(id, chunk.size, bytes);
    this.#chunks.push({ id, records: chunk.size, bytes: bytes.length });
  }

  /** Throws a DamagedBytesError for what is no chunk. */
  read({ id }: HotChunk): Chunk {
    const [bytes] = this.#read.get(id) as unknown as [Uint8Array];
    return Chunk.read(bytes);
  }

  remove(chunks: readonly HotChunk[]): void {
    for (const { id } of chunks) this.#delete.run(id);
    this.#chunks = this.#chunks.filter((chunk) => !chunks.includes(chunk));
  }
}
