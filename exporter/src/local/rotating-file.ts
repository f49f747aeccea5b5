import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathAside, timeAside } from './file-names.ts';
import type { FileSettings } from './file-options.ts';

/** Logs tell much: they are for their owner and group. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;

type Limits = Pick<FileSettings, 'maxBytes' | 'maxAge' | 'maxFiles'>;

const NEWLINE = Buffer.from('\n');
/** For reading as well: how the file ends must be seen. */
const APPENDING = 'a+';

/** A file of lines that is appended to, and put aside when it is large or old enough. One caller at a time. */
export class RotatingFile {
  readonly path: string;
  readonly #limits: Limits;
  #handle: FileHandle | undefined;
  /** What tells the open file from another of its name. */
  #inode = 0;
  #size = 0;
  /** Whether it ends within a line: its writer was killed then, or the disk was full. */
  #isCutShort = false;
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
    const whole = this.#isCutShort ? Buffer.concat([NEWLINE, bytes]) : bytes;
    await this.#handle?.appendFile(whole);
    this.#size += whole.length;
    this.#isCutShort = false;
  }

  /** The same before it returns, without regard to size and age. */
  appendNow(bytes: Buffer): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: FOLDER_MODE });
    const descriptor = openSync(this.path, APPENDING, FILE_MODE);
    try {
      const { size } = fstatSync(descriptor);
      const last = Buffer.from(NEWLINE);
      if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
      appendFileSync(descriptor, last.equals(NEWLINE) ? bytes : Buffer.concat([NEWLINE, bytes]));
    } finally {
      closeSync(descriptor);
    }
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
      if (found.size !== this.#size) await this.#setSize(this.#handle, found.size);
      return;
    }
    await this.close();
    await mkdir(dirname(this.path), { recursive: true, mode: FOLDER_MODE });
    this.#handle = await open(this.path, APPENDING, FILE_MODE);
    const { ino, size, birthtimeMs, mtimeMs } = await this.#handle.stat();
    this.#inode = ino;
    await this.#setSize(this.#handle, size);
    // Not every file system knows when a file began.
    this.#since = size === 0 ? Date.now() : birthtimeMs || mtimeMs;
  }

  async #setSize(handle: FileHandle, size: number): Promise<void> {
    const last = Buffer.from(NEWLINE);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    this.#isCutShort = !last.equals(NEWLINE);
    this.#size = size;
  }

  /** Its name says a later time than those put aside before, even where the clock was turned back or stands still. */
  async #putAside(): Promise<void> {
    await this.close();
    const folder = dirname(this.path);
    const aside = (await readdir(folder))
      .map((name) => ({ name, time: timeAside(this.path, name) ?? -1 }))
      .filter(({ time }) => time >= 0)
      .sort((a, b) => a.time - b.time);
    const time = Math.max(Date.now(), (aside.at(-1)?.time ?? -1) + 1);
    await rename(this.path, pathAside(this.path, new Date(time)));
    const surplus = aside.slice(0, Math.max(0, aside.length + 1 - this.#limits.maxFiles));
    for (const { name } of surplus) await rm(join(folder, name), { force: true });
  }
}
