import { existsSync } from 'node:fs';
import { StoreError } from '../../errors.ts';
import { DamagedBytesError } from '../bytes.ts';
import type { Day } from '../day.ts';
import { FileCache } from '../file-cache.ts';
import { dayPath, listDays, removeCompanions, setAside } from '../folder.ts';
import type { SharedVersions } from '../shared-versions.ts';
import { isDamage, storeErrorOf } from '../sqlite.ts';
import type { BatchKey } from './day-keys.ts';
import { DayWriter } from './day-writer.ts';
import type { Durability } from './durability.ts';
import type { BlockLimits } from './upkeep-plan.ts';

/** Day files the writer keeps open: late records and back-fills go to a few days at a time. */
const OPEN_FILES = 8;
/** Days a folder may have: 27 years of them. Beyond that somebody's clock is wrong. */
const MAX_DAYS = 10_000;

export interface DayWritersOptions {
  readonly directory: string;
  readonly versions: SharedVersions;
  readonly durability: Durability;
  readonly limits: BlockLimits;
  /** The keys of batches that a file of the day had which is gone. */
  readonly keptKeys: (day: Day) => readonly BatchKey[];
  /** Told what people should know of; must not throw. */
  readonly report: (message: string) => void;
  readonly onStep?: ((step: string) => void) | undefined;
}

/** The day files of a folder, open for writing as they are needed. Errors are StoreErrors naming the file. */
export class DayWriters {
  readonly #options: DayWritersOptions;
  readonly #files = new FileCache<Day, DayWriter>(OPEN_FILES);

  constructor(options: DayWritersOptions) {
    this.#options = options;
  }

  /** Days with a file, oldest first. */
  days(): Day[] {
    try {
      return listDays(this.#options.directory);
    } catch (error) {
      throw storeErrorOf(error, this.#options.directory);
    }
  }

  path(day: Day): string {
    return dayPath(this.#options.directory, day);
  }

  has(day: Day): boolean {
    return existsSync(this.path(day));
  }

  /** Works on a day's file, made when it is missing. A broken one is set aside, and the work done on a new one. */
  use<T>(day: Day, work: (file: DayWriter) => T): T {
    try {
      return this.tryUse(day, work);
    } catch (error) {
      if (!isDamage(error)) throw storeErrorOf(error, this.path(day));
      this.setAside(day, messageOf(error));
    }
    try {
      return this.tryUse(day, work);
    } catch (error) {
      throw storeErrorOf(error, this.path(day));
    }
  }

  /** Works on a day's file, made when it is missing; throws errors as they are. */
  tryUse<T>(day: Day, work: (file: DayWriter) => T): T {
    try {
      return work(this.#open(day));
    } catch (error) {
      // Whatever state the failure left the connection in, the next use starts afresh. Unreadable records leave none.
      if (!(error instanceof DamagedBytesError)) this.close(day);
      throw error;
    }
  }

  /** Works on a day's file as far as it is open already. */
  useOpen<T>(day: Day, work: (file: DayWriter) => T): T | undefined {
    const file = this.#files.get(day);
    return file && work(file);
  }

  /** Throws a StoreError when files of so many days, in all likelihood of wrong clocks, are too many. */
  checkRoomFor(days: readonly Day[]): void {
    const added = days.filter((day) => !this.#files.get(day) && !this.has(day));
    if (added.length === 0) return;
    const held = this.days().length;
    if (held + added.length <= MAX_DAYS) return;
    throw new StoreError(
      `the storage ${this.#options.directory} holds records of ${held} days and takes ${MAX_DAYS} at most; ` +
        `are the senders' clocks right? Retention makes room (retention.days), or logvitals prune`,
    );
  }

  /**
   * Looks at a day's file that a reader stumbled over, and sets it aside when it is broken as a whole; says whether it
   * did. A single record may be broken in a file that is sound.
   */
  examine(day: Day): boolean {
    if (!this.has(day)) return true;
    try {
      if (this.#open(day).isSound()) return false;
      this.setAside(day, 'its contents are inconsistent');
    } catch (error) {
      this.close(day);
      if (!isDamage(error)) throw storeErrorOf(error, this.path(day));
      this.setAside(day, messageOf(error));
    }
    return true;
  }

  setAside(day: Day, reason: string): void {
    const { versions, report } = this.#options;
    const path = this.path(day);
    this.close(day);
    try {
      const name = setAside(path);
      report(
        `${path} is damaged (${reason}): set aside as ${name}; its records are missing until it is repaired (sqlite3 ${name} .recover)`,
      );
    } catch (error) {
      throw storeErrorOf(error, path);
    } finally {
      versions.dayChanged(day);
      versions.filesChanged();
    }
  }

  close(day: Day): void {
    this.#files.close(day);
  }

  closeAll(): void {
    this.#files.closeAll();
  }

  #open(day: Day): DayWriter {
    return this.#files.use(day, () => {
      const { durability, limits, keptKeys, onStep, versions } = this.#options;
      const path = this.path(day);
      const isNew = !existsSync(path);
      if (isNew) removeCompanions(path);
      const file = new DayWriter({ day, path, durability, limits, onStep, keys: () => keptKeys(day) });
      if (isNew) versions.filesChanged();
      return file;
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
