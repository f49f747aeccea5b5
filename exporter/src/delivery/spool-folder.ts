import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rename, rm, rmdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describeThisProcess, isAbandoned, OWNER_FILE } from './owner.ts';
import { FILE_MODE } from './segment.ts';

const FOLDER_MODE = 0o700;
const SEGMENT_NAME = /^\d{15}-\d{6}-[0-9a-f]{8}\.segment$/;
const FOLDER_NAME = /^spool-[0-9a-f-]{36}$/;
/** A folder being made has another name until its owner stands in it. */
const UNFINISHED = 'new-';

/**
 * The folder of one process within a spool's directory. Every process has its own, so that none needs to wait for
 * another; what a dead process left is taken over file by file, by renaming, which one of several wins.
 */
export class SpoolFolder {
  readonly #directory: string;
  readonly #name: string;
  readonly #suffix: string;
  #lastTime = 0;
  #made = 0;

  /** @throws Error with the reason when the directory can't be used. */
  constructor(directory: string) {
    const id = randomUUID();
    this.#directory = directory;
    this.#name = `spool-${id}`;
    this.#suffix = id.slice(0, 8);
    const unfinished = join(directory, UNFINISHED + id);
    try {
      mkdirSync(unfinished, { recursive: true, mode: FOLDER_MODE });
      writeFileSync(join(unfinished, OWNER_FILE), describeThisProcess(), { mode: FILE_MODE });
      renameSync(unfinished, this.path);
      this.#lastTime = newestTimeIn(directory) + 1;
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      const reason = (error as Error).message;
      throw new Error(`@logvitals/exporter: spool.dir ${JSON.stringify(directory)} cannot be used: ${reason}`);
    }
  }

  get path(): string {
    return join(this.#directory, this.#name);
  }

  /**
   * Makes the folder anew: somebody deleted it, or took this process for dead.
   * @throws Error when it can't be made.
   */
  restore(): void {
    mkdirSync(this.path, { recursive: true, mode: FOLDER_MODE });
    writeFileSync(join(this.path, OWNER_FILE), describeThisProcess(), { mode: FILE_MODE });
  }

  /**
   * A path for a new segment. Names order segments by time, later than all that were there at the start even if the clock
   * was turned back since, and are never given twice, by no process.
   */
  newSegmentPath(): string {
    this.#lastTime = Math.max(this.#lastTime, Date.now());
    this.#made = (this.#made + 1) % 1_000_000;
    if (this.#made === 0) this.#lastTime++;
    const time = String(this.#lastTime).padStart(15, '0');
    return join(this.path, `${time}-${String(this.#made).padStart(6, '0')}-${this.#suffix}.segment`);
  }

  /** Moves the segments of processes that are gone here. Returns their new paths, oldest first. */
  async adopt(): Promise<string[]> {
    const adopted: string[] = [];
    for (const name of await readdir(this.#directory)) {
      const folder = join(this.#directory, name);
      if (name === this.#name || !FOLDER_NAME.test(name) || !(await isAbandoned(folder))) continue;
      adopted.push(...(await this.#adoptFrom(folder)));
    }
    return adopted.sort();
  }

  async #adoptFrom(folder: string): Promise<string[]> {
    const adopted: string[] = [];
    for (const name of (await readdir(folder).catch(() => [])).filter((name) => SEGMENT_NAME.test(name))) {
      const path = join(this.path, name);
      // Another process may have been faster.
      if (await succeeds(rename(join(folder, name), path))) adopted.push(path);
    }
    await succeeds(rm(join(folder, OWNER_FILE), { force: true }));
    await succeeds(rmdir(folder));
    return adopted;
  }

  /** Tells processes that can't see this one that it is alive. */
  async giveSignOfLife(): Promise<void> {
    const now = new Date();
    if (await succeeds(utimes(join(this.path, OWNER_FILE), now, now))) return;
    try {
      this.restore();
    } catch {
      // The next segment to be written says so.
    }
  }

  /** Leaves what is in it to the next process. */
  async leave(): Promise<void> {
    await succeeds(rm(join(this.path, OWNER_FILE), { force: true }));
    await succeeds(rmdir(this.path));
  }
}

/** The time in the name of the newest segment, of all processes; 0 when there is none. */
function newestTimeIn(directory: string): number {
  const names = readdirSync(directory)
    .filter((name) => FOLDER_NAME.test(name))
    .flatMap((folder) => segmentsIn(join(directory, folder)));
  return names.reduce((newest, name) => Math.max(newest, Number.parseInt(name, 10)), 0);
}

/** Empty for a folder that another process takes away just now. */
function segmentsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => SEGMENT_NAME.test(name));
  } catch {
    return [];
  }
}

async function succeeds(action: Promise<unknown>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch {
    return false;
  }
}
