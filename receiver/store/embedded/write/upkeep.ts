import { DamagedBytesError } from '../bytes.ts';
import { type Day, dayOfMilliseconds } from '../day.ts';
import type { SharedVersions } from '../shared-versions.ts';
import { isDamage } from '../sqlite.ts';
import type { DayWriter } from './day-writer.ts';
import type { DayWriters } from './day-writers.ts';
import type { BlockLimits } from './upkeep-plan.ts';

/** How long what failed is left alone, in milliseconds. */
const RETRY_AFTER = 30_000;
/** How often days are looked through for quiet ones at most, in milliseconds. */
const LOOK_INTERVAL = 1000;
/**
 * A day waits twice as long each time it is sealed, but not longer than this, in milliseconds: late records now and then
 * must not have it written anew for each.
 */
const LONGEST_QUIET = 10 * 60_000;
/** A day with so many blocks' worth of hot records takes no more before it is sealed: senders wait rather than memory fill. */
const BACKLOG = 4;

export interface UpkeepOptions {
  readonly files: DayWriters;
  readonly versions: SharedVersions;
  readonly limits: BlockLimits;
  /** A day other than the present one is sealed wholly when nothing came for so long, in milliseconds; later times it waits longer. */
  readonly sealAfter: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly report: (message: string) => void;
}

/**
 * What is done to day files between appends, a piece at a time: hot chunks are put together and sealed, and days that
 * fell quiet are sealed to the last record. What fails is said once and tried again later; it never fails an append.
 */
export class Upkeep {
  readonly #options: UpkeepOptions;
  /** Days that were appended to since their hot chunks were last looked at. */
  readonly #fresh = new Set<Day>();
  /** When each day that may have something hot or undersized was last appended to. */
  readonly #touched = new Map<Day, number>();
  /** How often each day was sealed wholly. */
  readonly #sealings = new Map<Day, number>();
  /** Days whose upkeep failed, and when it is tried again. */
  readonly #failed = new Map<Day, number>();
  /** Whether the last failure was said and nothing has succeeded since: a full disk fails every day. */
  #isFailing = false;
  #nextLook = 0;

  /** Days that are there already may have been left unsealed. */
  constructor(options: UpkeepOptions) {
    this.#options = options;
    const now = options.now();
    for (const day of options.files.days()) this.#touched.set(day, now);
  }

  /** To be called after an append to a day. */
  noteAppend(day: Day): void {
    this.#fresh.add(day);
    this.#touched.set(day, this.#options.now());
  }

  /** Seals what a day has too much of before more is appended. */
  relieve(day: Day): void {
    const { files, limits } = this.#options;
    const most = BACKLOG * limits.rows;
    while (files.useOpen(day, (file) => file.hotRecords > most) && this.#attempt(day, (file) => file.tidyHot()));
  }

  /** Does one piece of work, if any is due; says whether there was. */
  step(): boolean {
    for (const day of this.#fresh) {
      if (this.#attempt(day, (file) => file.tidyHot())) return true;
      this.#fresh.delete(day);
    }
    const quiet = this.#quietDay();
    if (quiet === undefined) return false;
    if (this.#attempt(quiet, (file) => file.sealRest())) return true;
    if (this.#failed.has(quiet)) return true;
    this.#attempt(quiet, (file) => {
      file.compactFile();
      this.#options.files.close(quiet);
      return false;
    });
    this.#touched.delete(quiet);
    this.#sealings.set(quiet, (this.#sealings.get(quiet) ?? 0) + 1);
    return true;
  }

  /** To be called when a day's file is gone. */
  forget(day: Day): void {
    this.#fresh.delete(day);
    this.#touched.delete(day);
    this.#sealings.delete(day);
    this.#failed.delete(day);
  }

  #quietDay(): Day | undefined {
    const now = this.#options.now();
    if (now < this.#nextLook) return undefined;
    const today = dayOfMilliseconds(now);
    for (const [day, touchedAt] of this.#touched) {
      if (day !== today && now - touchedAt >= this.#quietTime(day) && (this.#failed.get(day) ?? 0) <= now) return day;
    }
    this.#nextLook = now + Math.min(LOOK_INTERVAL, this.#options.sealAfter);
    return undefined;
  }

  #quietTime(day: Day): number {
    const { sealAfter } = this.#options;
    return Math.max(sealAfter, Math.min(sealAfter * 2 ** (this.#sealings.get(day) ?? 0), LONGEST_QUIET));
  }

  /** Does a piece of work on a day's file; false when it had nothing to do, or failed. */
  #attempt(day: Day, work: (file: DayWriter) => boolean): boolean {
    const { files, versions, now } = this.#options;
    if ((this.#failed.get(day) ?? 0) > now()) return false;
    if (!files.has(day)) {
      this.forget(day);
      return false;
    }
    try {
      const isDone = files.tryUse(day, work);
      if (isDone) versions.dayChanged(day);
      this.#failed.delete(day);
      this.#isFailing = false;
      return isDone;
    } catch (error) {
      this.#noteFailure(day, error);
      return false;
    }
  }

  #noteFailure(day: Day, error: unknown): void {
    const { files, report, now } = this.#options;
    const path = files.path(day);
    const reason = error instanceof Error ? error.message : String(error);
    const isSaid = this.#isFailing;
    this.#isFailing = true;
    this.#failed.set(day, now() + RETRY_AFTER);
    try {
      if (isDamage(error) && !(error instanceof DamagedBytesError)) {
        this.forget(day);
        files.setAside(day, reason);
      } else if (!isSaid) {
        report(`${path}: records could not be put together, they stay as they are until that succeeds (${reason})`);
      }
    } catch (failure) {
      report(failure instanceof Error ? failure.message : String(failure));
    }
  }
}
