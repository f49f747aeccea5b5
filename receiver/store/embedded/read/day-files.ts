import { existsSync, statSync } from 'node:fs';
import { DamagedBytesError } from '../bytes.ts';
import type { Day } from '../day.ts';
import { FileCache } from '../file-cache.ts';
import { dayPath, listDays } from '../folder.ts';
import type { SharedVersions } from '../shared-versions.ts';
import { cannotOpen, isDamage, storeErrorOf } from '../sqlite.ts';
import { DayFile, NotReadyError } from './day-file.ts';

/** Day files a reader keeps open. */
const OPEN_FILES = 32;

interface DayFilesOptions {
  readonly directory: string;
  readonly versions: SharedVersions;
  /** Told of a file that turned out broken; its day then reads as empty, or as far as it could be read. */
  readonly onDamage: (day: Day, reason: string) => void;
  /** Told that what is remembered of a day's file holds no more: it is gone, or another one stands in its place. */
  readonly onGone: (day: Day) => void;
}

/** The day files of a folder as a reader sees them, opened when needed. */
export class DayFiles {
  readonly #options: DayFilesOptions;
  readonly #open = new FileCache<Day, DayFile>(OPEN_FILES);
  /** Of each day that was opened, what tells its file from another one of the same name. */
  readonly #identities = new Map<Day, string>();
  #days: readonly Day[] = [];
  /** The same days, to be asked for one. */
  #held: ReadonlySet<Day> = new Set();
  /** Days said to be damaged already; whoever looks into it does so once. */
  readonly #reported = new Set<Day>();
  #filesVersion = -1;

  constructor(options: DayFilesOptions) {
    this.#options = options;
  }

  /** Days with a file, oldest first. */
  days(): readonly Day[] {
    const version = this.#options.versions.ofFiles();
    if (version !== this.#filesVersion) {
      try {
        this.#days = listDays(this.#options.directory);
      } catch (error) {
        throw storeErrorOf(error, this.#options.directory);
      }
      this.#held = new Set(this.#days);
      for (const [day, identity] of this.#identities) if (this.#identityOf(day) !== identity) this.release(day);
      this.#reported.clear();
      this.#filesVersion = version;
    }
    return this.#days;
  }

  /** Works on a day's file; null when there is none. One that is broken is reported, and a DamagedBytesError. */
  use<T>(day: Day, work: (file: DayFile) => T): T | null {
    this.days();
    if (!this.#held.has(day)) return null;
    try {
      return work(this.#open.use(day, () => this.#openFile(day)));
    } catch (error) {
      const path = this.#path(day);
      this.#open.close(day);
      // Removed, or being made, since the days were listed.
      if ((cannotOpen(error) && !existsSync(path)) || error instanceof NotReadyError) return null;
      if (!isDamage(error)) throw storeErrorOf(error, path);
      this.reportDamage(day, error);
      throw error instanceof DamagedBytesError ? error : new DamagedBytesError(messageOf(error));
    }
  }

  reportDamage(day: Day, error: unknown): void {
    if (this.#reported.has(day)) return;
    this.#reported.add(day);
    this.#options.onDamage(day, messageOf(error));
  }

  /** Closes a day's file, so that it can be removed. */
  release(day: Day): void {
    this.#open.close(day);
    this.#identities.delete(day);
    this.#options.onGone(day);
  }

  closeAll(): void {
    this.#open.closeAll();
  }

  #openFile(day: Day): DayFile {
    const file = new DayFile(this.#path(day));
    const identity = this.#identityOf(day);
    const known = this.#identities.get(day);
    if (known !== undefined && known !== identity) this.#options.onGone(day);
    this.#identities.set(day, identity);
    return file;
  }

  /** A number of the file system's may be given again, but not with the same time of birth. */
  #identityOf(day: Day): string {
    const status = statSync(this.#path(day), { throwIfNoEntry: false });
    return status ? `${status.ino} ${status.birthtimeMs}` : '';
  }

  #path(day: Day): string {
    return dayPath(this.#options.directory, day);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
