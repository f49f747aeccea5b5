import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, AlertCommit, AlertState } from '../alert.ts';
import { DEDUPLICATION_WINDOW } from '../store.ts';
import { type AppendMessage, type Row, readRows } from './append-message.ts';
import type { Day } from './day.ts';
import { type BatchRows, DayWriter } from './day-writer.ts';
import { FileCache } from './file-cache.ts';
import { dayPath, listDays, removeCompanions, removeDatabase, setAside } from './folder.ts';
import { type FolderLock, lockFolder } from './write/folder-lock.ts';
import { META_FILE, MetaFile } from './meta-file.ts';
import type { SharedVersions } from './shared-versions.ts';
import { isDamage, storeErrorOf } from './sqlite.ts';

/** Day files the writer keeps open: late records and back-fills go to a few days at a time. */
const OPEN_FILES = 8;

/** For each batch of an append. */
export interface StoredBatch {
  readonly duplicate: boolean;
  /** Each record's sequence within its day, 0 for one that was held already. */
  readonly sequences: readonly number[];
}

interface WriterOptions {
  readonly directory: string;
  readonly versions: SharedVersions;
  /** Told what people should know of; must not throw. */
  readonly report: (message: string) => void;
}

/** Everything that changes a folder, in the writer's thread. Errors are StoreErrors naming the file. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #lock: FolderLock;
  readonly #meta: MetaFile;
  readonly #days = new FileCache<Day, DayWriter>(OPEN_FILES);

  /** Makes the folder when it is missing and takes possession of it. */
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
    } catch (error) {
      this.#lock.release();
      throw storeErrorOf(error, directory);
    }
  }

  /** Stores batches; a batch that spans days is committed day by day, and its key in each tells a retry what is held. */
  append(message: AppendMessage): StoredBatch[] {
    const rows = readRows(message);
    const sequences = rows.map(() => 0);
    const isNew = message.batches.map(({ size }) => size === 0);
    for (const [day, parts] of groupByDay(message, rows)) {
      const batches: BatchRows[] = parts.map(({ batch, places }) => ({
        key: message.batches[batch]!.key,
        rows: places.map((place) => rows[place]!),
      }));
      const stored = this.#useDay(day, (file) => file.append(batches, message.shared, message.receivedAt));
      this.#options.versions.dayChanged(day);
      for (const [index, { batch, places }] of parts.entries()) {
        const ofBatch = stored[index];
        if (!ofBatch) continue;
        isNew[batch] = true;
        for (const [at, place] of places.entries()) sequences[place] = ofBatch[at] ?? 0;
      }
    }
    let first = 0;
    return message.batches.map(({ size }, batch) => {
      const ofBatch = isNew[batch] ? sequences.slice(first, first + size) : [];
      first += size;
      return { duplicate: !isNew[batch], sequences: ofBatch };
    });
  }

  days(): Day[] {
    try {
      return listDays(this.#options.directory);
    } catch (error) {
      throw storeErrorOf(error, this.#options.directory);
    }
  }

  /** How many records a day holds. */
  count(day: Day): number {
    return existsSync(this.#path(day)) ? this.#useDay(day, (file) => file.count()) : 0;
  }

  /** Removes a whole day; says how many records it held. The reader must have let go of the file. */
  dropDay({ day, now }: { readonly day: Day; readonly now: number }): number {
    const path = this.#path(day);
    const count = this.count(day);
    const horizon = now - DEDUPLICATION_WINDOW;
    const keys = existsSync(path) ? this.#useDay(day, (file) => file.keysSince(horizon)) : [];
    this.#useMeta((meta) => meta.keepKeys(day, keys, horizon));
    this.#days.close(day);
    try {
      removeDatabase(path);
    } catch (error) {
      throw storeErrorOf(error, path);
    } finally {
      this.#options.versions.dayChanged(day);
      this.#options.versions.filesChanged();
    }
    return count;
  }

  /** Removes at most `limit` records of a day that are older than `time`, oldest first; says how many. */
  removeBefore({ day, time, limit }: { readonly day: Day; readonly time: number; readonly limit: number }): number {
    if (!existsSync(this.#path(day))) return 0;
    const removed = this.#useDay(day, (file) => file.removeBefore(time, limit));
    this.#options.versions.dayChanged(day);
    return removed;
  }

  /** How many records of a day are older than `time`. */
  countBefore({ day, time }: { readonly day: Day; readonly time: number }): number {
    return existsSync(this.#path(day)) ? this.#useDay(day, (file) => file.countBefore(time)) : 0;
  }

  /**
   * Looks at a day's file that a reader stumbled over, and sets it aside when it is broken as a whole; says whether it
   * did. A single record may be broken in a file that is sound.
   */
  examine(day: Day): boolean {
    if (!existsSync(this.#path(day))) return true;
    try {
      if (this.#openDay(day).isSound()) return false;
      this.#setAside(day, 'its contents are inconsistent');
    } catch (error) {
      this.#days.close(day);
      if (!isDamage(error)) throw storeErrorOf(error, this.#path(day));
      this.#setAside(day, messageOf(error));
    }
    return true;
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
    this.#days.closeAll();
    this.#meta.close();
    this.#lock.release();
  }

  #path(day: Day): string {
    return dayPath(this.#options.directory, day);
  }

  #openMeta(): MetaFile {
    const path = join(this.#options.directory, META_FILE);
    try {
      return new MetaFile(path);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const name = setAside(path);
      this.#options.report(`${path} is damaged (${messageOf(error)}): set aside as ${name}, alert history starts anew`);
      return new MetaFile(path);
    }
  }

  #useMeta<T>(work: (meta: MetaFile) => T): T {
    try {
      return work(this.#meta);
    } catch (error) {
      throw storeErrorOf(error, join(this.#options.directory, META_FILE));
    }
  }

  /** Works on a day's file. A broken one is set aside, and the work done on a new one. */
  #useDay<T>(day: Day, work: (file: DayWriter) => T): T {
    try {
      return work(this.#openDay(day));
    } catch (error) {
      // Whatever state the failure left the connection in, the next use starts afresh.
      this.#days.close(day);
      if (!isDamage(error)) throw storeErrorOf(error, this.#path(day));
      this.#setAside(day, messageOf(error));
    }
    try {
      return work(this.#openDay(day));
    } catch (error) {
      this.#days.close(day);
      throw storeErrorOf(error, this.#path(day));
    }
  }

  #openDay(day: Day): DayWriter {
    return this.#days.use(day, () => {
      const path = this.#path(day);
      const keys = () => this.#meta.keptKeys(day);
      if (existsSync(path)) return new DayWriter(path, keys);
      removeCompanions(path);
      const file = new DayWriter(path, keys);
      this.#options.versions.filesChanged();
      return file;
    });
  }

  #setAside(day: Day, reason: string): void {
    const path = this.#path(day);
    this.#days.close(day);
    try {
      const name = setAside(path);
      this.#options.report(
        `${path} is damaged (${reason}): set aside as ${name}; its records are missing until it is repaired (sqlite3 ${name} .recover)`,
      );
    } catch (error) {
      throw storeErrorOf(error, path);
    } finally {
      this.#options.versions.dayChanged(day);
      this.#options.versions.filesChanged();
    }
  }
}

/** Which places of which batches fall into which day, days and batches in their order. */
function groupByDay(message: AppendMessage, rows: readonly Row[]): Map<Day, { batch: number; places: number[] }[]> {
  const days = new Map<Day, { batch: number; places: number[] }[]>();
  let place = 0;
  for (const [batch, { size }] of message.batches.entries()) {
    for (const end = place + size; place < end; place++) {
      const { day } = rows[place]!;
      const parts = days.get(day) ?? [];
      if (parts.length === 0) days.set(day, parts);
      if (parts.at(-1)?.batch !== batch) parts.push({ batch, places: [] });
      parts.at(-1)!.places.push(place);
    }
  }
  return days;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
