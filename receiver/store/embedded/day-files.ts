import { existsSync } from 'node:fs';
import type { Day } from './day.ts';
import { DayReader, type DaySummary, NoTablesError } from './day-reader.ts';
import { FileCache } from './file-cache.ts';
import { dayPath, listDays } from './folder.ts';
import type { SharedVersions } from './shared-versions.ts';
import { cannotOpen, isDamage, storeErrorOf } from './sqlite.ts';

/** Day files the reader keeps open. */
const OPEN_FILES = 32;
/** Loggers of all days together whose summaries are remembered; days beyond that are read each time. */
const SUMMARIES_HELD = 50_000;

const NO_RECORDS: DaySummary = { loggers: new Map(), severities: new Map() };

interface DayFilesOptions {
  readonly directory: string;
  readonly versions: SharedVersions;
  /** Told of a file that turned out broken; its day then reads as empty, or as far as it could be read. */
  readonly onDamage: (day: Day, reason: string) => void;
}

/** The day files as a reader sees them: opened when needed, with each day's summary remembered while it holds. */
export class DayFiles {
  readonly #options: DayFilesOptions;
  readonly #files = new FileCache<Day, DayReader>(OPEN_FILES);
  readonly #summaries = new Map<Day, { readonly version: number; readonly summary: DaySummary }>();
  #summarizedLoggers = 0;
  #days: readonly Day[] = [];
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
      // A file may have been removed, and another one made in its place.
      this.#files.closeAll();
      try {
        this.#days = listDays(this.#options.directory);
      } catch (error) {
        throw storeErrorOf(error, this.#options.directory);
      }
      for (const day of [...this.#summaries.keys()]) if (!this.#days.includes(day)) this.#forgetSummary(day);
      this.#reported.clear();
      this.#filesVersion = version;
    }
    return this.#days;
  }

  summary(day: Day): DaySummary {
    // Looked at before the file is: what a later commit adds is then read again, never missed.
    const version = this.#options.versions.ofDay(day);
    const known = this.#summaries.get(day);
    if (known?.version === version) return known.summary;
    if (known) this.#forgetSummary(day);
    const summary = this.use(day, (file) => file.summary()) ?? NO_RECORDS;
    if (this.#summarizedLoggers + summary.loggers.size <= SUMMARIES_HELD) {
      this.#summaries.set(day, { version, summary });
      this.#summarizedLoggers += summary.loggers.size;
    }
    return summary;
  }

  /** Works on a day's file; undefined when there is none, or it is broken. */
  use<T>(day: Day, work: (file: DayReader) => T): T | undefined {
    if (!this.days().includes(day)) return undefined;
    const path = dayPath(this.#options.directory, day);
    try {
      return work(this.#files.use(day, () => new DayReader(day, path)));
    } catch (error) {
      this.#files.close(day);
      // Removed, or being made, since the days were listed.
      if ((cannotOpen(error) && !existsSync(path)) || error instanceof NoTablesError) return undefined;
      if (!isDamage(error)) throw storeErrorOf(error, path);
      this.reportDamage(day, error);
      return undefined;
    }
  }

  reportDamage(day: Day, error: unknown): void {
    if (this.#reported.has(day)) return;
    this.#reported.add(day);
    this.#options.onDamage(day, error instanceof Error ? error.message : String(error));
  }

  /** Closes a day's file, so that it can be removed. */
  release(day: Day): void {
    this.#files.close(day);
    this.#forgetSummary(day);
  }

  closeAll(): void {
    this.#files.closeAll();
  }

  #forgetSummary(day: Day): void {
    this.#summarizedLoggers -= this.#summaries.get(day)?.summary.loggers.size ?? 0;
    this.#summaries.delete(day);
  }
}
