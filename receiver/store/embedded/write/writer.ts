import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, AlertCommit, AlertState } from '../../alert.ts';
import { DEDUPLICATION_WINDOW } from '../../store.ts';
import { Chunk } from '../chunk/chunk.ts';
import type { AppendMessage } from '../chunk/encode-append.ts';
import { type Day, dayOfMilliseconds } from '../day.ts';
import { removeDatabase, setAside } from '../folder.ts';
import type { SharedVersions } from '../shared-versions.ts';
import { isDamage, storeErrorOf } from '../sqlite.ts';
import { DayWriters } from './day-writers.ts';
import { type DroppedDay, readDroppedDay } from './dropped-day.ts';
import type { Durability } from './durability.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { META_FILE, MetaFile } from './meta-file.ts';
import { migrateFolder } from './migration.ts';
import { rowsByDay } from './rows-by-day.ts';
import { SizeLimit } from './size-limit.ts';
import { Upkeep } from './upkeep.ts';
import type { BlockLimits } from './upkeep-plan.ts';

/** What became of an append. */
export interface StoredBatches {
  readonly batches: readonly StoredBatch[];
  /** Each record's sequence within its day, in the append's order; 0 for one that was held already. */
  readonly sequences: Uint32Array<ArrayBuffer>;
}

export interface StoredBatch {
  /** Whether the whole batch was held already. */
  readonly duplicate: boolean;
  /** How many of its records were stored now. */
  readonly stored: number;
}

export interface WriterOptions {
  readonly directory: string;
  readonly versions: SharedVersions;
  readonly durability: Durability;
  /** Bytes that day files may take together; null for no limit. */
  readonly maxBytes: number | null;
  readonly limits: BlockLimits;
  /** A day other than the present one is sealed wholly when nothing came for so long, in milliseconds. */
  readonly sealAfter: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Told what people should know of; must not throw. */
  readonly report: (message: string) => void;
  /** Told which day is to be dropped, so that the others fit `maxBytes`. */
  readonly onTooLarge: (day: Day) => void;
  /** Told of each step of a change, for crash tests to end the process there. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** Everything that changes a folder, in the writer's thread. Errors are StoreErrors naming the file. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #lock: FolderLock;
  #meta: MetaFile;
  readonly #files: DayWriters;
  readonly #upkeep: Upkeep;
  readonly #sizeLimit: SizeLimit;
  #isClosed = false;

  /** Makes the folder when it is missing, takes possession of it and brings it to the present format. */
  constructor(options: WriterOptions) {
    const { directory } = options;
    this.#options = options;
    try {
      // Logs are for their owner alone; a folder that is there keeps the mode its owner gave it.
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#lock = lockFolder(directory);
    } catch (error) {
      throw storeErrorOf(error, directory);
    }
    try {
      this.#meta = this.#openMeta();
      this.#files = new DayWriters({ ...options, keptKeys: (day) => this.#useMeta((meta) => meta.keptKeys(day)) });
      if (!this.#meta.isPresentFormat) {
        migrateFolder({ ...options, days: this.#files.days() });
        this.#meta.notePresentFormat();
      }
      this.#upkeep = new Upkeep({ ...options, files: this.#files });
      this.#sizeLimit = new SizeLimit({ ...options, files: this.#files });
    } catch (error) {
      this.#lock.release();
      throw storeErrorOf(error, directory);
    }
  }

  /** Stores batches; a batch that spans days is committed day by day, and its key in each tells a retry what is held. */
  append({ batches, chunk: bytes, receivedAt }: AppendMessage): StoredBatches {
    const chunk = Chunk.read(bytes);
    const sequences = new Uint32Array(chunk.size);
    const isNew = batches.map(({ size }) => size === 0);
    const days = rowsByDay(chunk, batches);
    this.#files.checkRoomFor([...days.keys()]);
    for (const [day, parts] of days) {
      this.#upkeep.relieve(day);
      const areNew = this.#files.use(day, (file) => file.append(chunk, { batches: parts, receivedAt, sequences }));
      this.#options.versions.dayChanged(day);
      this.#upkeep.noteAppend(day);
      for (const [index, { batch }] of parts.entries()) if (areNew[index]) isNew[batch] = true;
    }
    let first = 0;
    const stored = batches.map(({ size }, batch) => {
      const end = first + size;
      let count = 0;
      for (; first < end; first++) if (sequences[first] !== 0) count++;
      return { duplicate: !isNew[batch], stored: count };
    });
    return { batches: stored, sequences };
  }

  /** Does one piece of what is to be done between appends, if any is due; says whether there was. */
  step(): boolean {
    return !this.#isClosed && this.#upkeep.step();
  }

  /** Sees to it that the files keep to `maxBytes`. */
  checkSize(): void {
    if (!this.#isClosed) this.#sizeLimit.check();
  }

  /**
   * Days to be dropped as a whole because all of their records are older than a time: days that were over by then, and
   * days of the future that nobody has written since then. Times are milliseconds since the Unix epoch.
   */
  daysBefore({ time, now }: { readonly time: number; readonly now: number }): Day[] {
    const boundary = dayOfMilliseconds(time);
    // Who names a time to come means the records' times, not when they were written.
    const firstOfFuture = time <= now ? dayOfMilliseconds(now) + 2 : Number.POSITIVE_INFINITY;
    return this.#files.days().filter((day) => day < boundary || (day >= firstOfFuture && this.#writtenAt(day) < time));
  }

  /** How many records a day holds. */
  count(day: Day): number {
    return this.#files.has(day) ? this.#files.use(day, (file) => file.count()) : 0;
  }

  /** Removes a whole day; says how many records it held. The readers must have let go of the file. Needs no room on the disk. */
  dropDay({ day, now }: { readonly day: Day; readonly now: number }): number {
    const path = this.#files.path(day);
    const horizon = now - DEDUPLICATION_WINDOW;
    const { records, keys } = this.#readOpenDay(day, horizon) ?? readDroppedDay(path, horizon);
    this.#files.close(day);
    const keepKeys = () => this.#useMeta((meta) => meta.keepKeys(day, keys, horizon));
    const areKept = keys.length === 0 || succeeds(keepKeys);
    this.#options.onStep?.('drop keys kept');
    try {
      removeDatabase(path);
    } catch (error) {
      throw storeErrorOf(error, path);
    } finally {
      this.#upkeep.forget(day);
      this.#options.versions.dayChanged(day);
      this.#options.versions.filesChanged();
    }
    this.#options.onStep?.('drop done');
    // Where there was no room for them before, there is now.
    if (!areKept) keepKeys();
    return records;
  }

  /** Removes at most `limit` records of a day that are older than `time`; says how many. */
  removeBefore({ day, time, limit }: { readonly day: Day; readonly time: number; readonly limit: number }): number {
    if (!this.#files.has(day)) return 0;
    const removed = this.#files.use(day, (file) => file.removeBefore(time, limit));
    this.#options.versions.dayChanged(day);
    return removed;
  }

  /** How many records of a day are older than `time`. */
  countBefore({ day, time }: { readonly day: Day; readonly time: number }): number {
    return this.#files.has(day) ? this.#files.use(day, (file) => file.countBefore(time)) : 0;
  }

  /** See `DayWriters.examine`. */
  examine(day: Day): boolean {
    return this.#files.examine(day);
  }

  alertStates(keys: readonly string[]): AlertState[] {
    return this.#useMeta((meta) => meta.alertStates(keys));
  }

  alerts(request: { readonly limit: number; readonly before?: string | undefined }): Alert[] {
    return this.#useMeta((meta) => meta.alerts(request));
  }

  commitAlerts(steps: readonly AlertCommit[]): boolean[] {
    return this.#useMeta((meta) => meta.commitAlerts(steps));
  }

  ping(): void {
    this.#useMeta((meta) => meta.ping());
  }

  close(): void {
    this.#isClosed = true;
    this.#files.closeAll();
    this.#meta.close();
    this.#lock.release();
  }

  #readOpenDay(day: Day, horizon: number): DroppedDay | undefined {
    try {
      return this.#files.useOpen(day, (file) => ({ records: file.count(), keys: file.keysSince(horizon) }));
    } catch {
      // It is damaged or gone; that is no reason to keep it.
      return undefined;
    }
  }

  /** When a day's file was last written, in milliseconds since the Unix epoch. */
  #writtenAt(day: Day): number {
    const path = this.#files.path(day);
    const times = [path, `${path}-wal`].map((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      // Opening a file to read it makes an empty log.
      return stats && stats.size > 0 ? stats.mtimeMs : 0;
    });
    return Math.max(...times);
  }

  #openMeta(): MetaFile {
    try {
      return this.#makeMeta();
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.#replaceMeta(error);
    }
  }

  #makeMeta(): MetaFile {
    return new MetaFile({ ...this.#options, path: this.#metaPath });
  }

  /** Sets a damaged file aside and makes another: all it holds is alerts, and what retries of removed days are known by. */
  #replaceMeta(error: unknown): MetaFile {
    const path = this.#metaPath;
    const name = setAside(path);
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.report(`${path} is damaged (${reason}): set aside as ${name}, alert history starts anew`);
    return this.#makeMeta();
  }

  get #metaPath(): string {
    return join(this.#options.directory, META_FILE);
  }

  /** Works on what belongs to no day. A file that turns out damaged is replaced, and the work done on the new one. */
  #useMeta<T>(work: (meta: MetaFile) => T): T {
    try {
      try {
        return work(this.#meta);
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.#meta.close();
        this.#meta = this.#replaceMeta(error);
        this.#meta.notePresentFormat();
        return work(this.#meta);
      }
    } catch (error) {
      throw storeErrorOf(error, this.#metaPath);
    }
  }
}

function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
