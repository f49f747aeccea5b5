import { appendFileSync, mkdirSync } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAside, pathAside } from './file-names.ts';
import type { FileSettings } from './file-options.ts';

/** Logs tell much: they are for their owner and group. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;

type Limits = Pick<FileSettings, 'maxBytes' | 'maxAge' | 'maxFiles'>;

/** A file that is appended to, and put aside when it is large or old enough. One caller at a time. */
export class RotatingFile {
  readonly path: string;
  readonly #limits: Limits;
  #handle: FileHandle | undefined;
  /** What tells the open file from another of its name. */
  #inode = 0;
  #size = 0;
  #since = 0;

  constructor(path: string, limits: Limits) {
    this.path = path;
    this.#limits = limits;
  }

  /** Rejects when it can't be written. */
  async append(bytes: Buffer): Promise<void> {
    await this.#open();
    const isLarge = this.#size + bytes.length > this.#limits.maxBytes;
    const isOld = Date.now() - this.#since > this.#limits.maxAge;
    if (this.#size > 0 && (isLarge || isOld)) {
      await this.#putAside();
      await this.#open();
    }
    await this.#handle?.appendFile(bytes);
    this.#size += bytes.length;
  }

  /** The same before it returns, without regard to size and age. */
  appendNow(bytes: Buffer): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: FOLDER_MODE });
    appendFileSync(this.path, bytes, { mode: FILE_MODE });
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** A file that was moved away, as logrotate does, is not written any more: the next of its name is. */
  async #open(): Promise<void> {
    const found = await stat(this.path).catch(() => undefined);
    if (this.#handle !== undefined && found?.ino === this.#inode) {
      this.#size = found.size;
      return;
    }
    await this.close();
    await mkdir(dirname(this.path), { recursive: true, mode: FOLDER_MODE });
    this.#handle = await open(this.path, 'a', FILE_MODE);
    const { ino, size, birthtimeMs, mtimeMs } = await this.#handle.stat();
    this.#inode = ino;
    this.#size = size;
    // Not every file system knows when a file began.
    this.#since = size === 0 ? Date.now() : birthtimeMs || mtimeMs;
  }

  async #putAside(): Promise<void> {
    await this.close();
    await rename(this.path, await this.#freePathAside());
    const folder = dirname(this.path);
    const aside = (await readdir(folder)).filter((name) => isAside(this.path, name)).sort();
    for (const name of aside.slice(0, -this.#limits.maxFiles)) await rm(join(folder, name), { force: true });
  }

  async #freePathAside(): Promise<string> {
    for (let time = Date.now(); ; time++) {
      const path = pathAside(this.path, new Date(time));
      const isFree = await access(path).then(
        () => false,
        () => true,
      );
      if (isFree) return path;
    }
  }
}
