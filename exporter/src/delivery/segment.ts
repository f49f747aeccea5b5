import { closeSync, openSync, writeSync } from 'node:fs';
import { access, type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  decodeHeader,
  encodeFrame,
  type FrameHeader,
  findFrame,
  HEADER_LENGTH,
  isIntact,
  SETTLED,
  STATE_AT,
} from './frame.ts';

/** What a spool holds is for its owner alone: logs tell much. */
export const FILE_MODE = 0o600;

/** What a process can't do just now, for want of descriptors or memory. It says nothing of the file. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/** Whether what failed may succeed later. */
export const isPassing = (error: unknown): boolean => PASSING.has((error as NodeJS.ErrnoException).code ?? '');

/** A request taken from a segment. */
export interface HeldRequest {
  readonly request: Buffer;
  /** Records in it. */
  readonly count: number;
  readonly segment: Segment;
  /** Where its frame begins. */
  readonly at: number;
}

/** One file of a spool: requests in the order they came. Written at its end, read from its beginning, removed as a whole. */
export class Segment {
  readonly path: string;
  /** Opened when it is needed: after a series of crashes there may be more files than a process may hold open. */
  #handle: Promise<FileHandle> | undefined;
  /** Bytes of whole frames. A frame being written lies beyond. */
  #size: number;
  /** Where the first frame not yet taken begins. */
  #readAt = 0;
  /** Records in frames not yet taken. */
  #untaken: number;
  /** Frames not yet settled. */
  #unsettled: number;
  /** Where damaged places begin and end. */
  #gaps: ReadonlyMap<number, number> = new Map();
  /** Records whose frame turned out to be damaged. */
  #damaged = 0;
  #isGone = false;

  private constructor(path: string, size: number, frames: number, records: number) {
    this.path = path;
    this.#size = size;
    this.#unsettled = frames;
    this.#untaken = records;
  }

  static async create(path: string): Promise<Segment> {
    const segment = new Segment(path, 0, 0, 0);
    segment.#handle = open(path, 'wx+', FILE_MODE);
    await segment.#handle;
    return segment;
  }

  /** Writes requests to a new file before it returns, for a process that is about to die. */
  static writeNow(path: string, requests: readonly { request: Buffer; count: number }[]): void {
    const descriptor = openSync(path, 'wx', FILE_MODE);
    try {
      for (const { request, count } of requests) writeWhole(descriptor, encodeFrame(request, count));
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * A segment that lies there already. What its end holds of a frame cut short is passed over, and told; a frame whose
   * header is damaged counts as one damaged record, for how many it had can't be known.
   */
  static async open(path: string): Promise<{ segment: Segment; isTorn: boolean }> {
    const bytes = await readFile(path);
    const gaps = new Map<number, number>();
    let at = 0;
    let frames = 0;
    let records = 0;
    while (at < bytes.length) {
      const header = plausibleHeader(bytes, at);
      if (header === null) {
        const next = findFrame(bytes, at + 1);
        if (next < 0) break;
        gaps.set(at, next);
        at = next;
        continue;
      }
      at += HEADER_LENGTH + header.length;
      if (header.isSettled) continue;
      frames++;
      records += header.count;
    }
    const segment = new Segment(path, at, frames, records);
    segment.#gaps = gaps;
    segment.#damaged = gaps.size;
    return { segment, isTorn: at < bytes.length };
  }

  get name(): string {
    return basename(this.path);
  }

  get size(): number {
    return this.#size;
  }

  /** Records in frames not yet taken. */
  get untaken(): number {
    return this.#untaken;
  }

  get isSettled(): boolean {
    return this.#unsettled === 0;
  }

  /** Records found damaged since this was last asked. */
  takeDamaged(): number {
    const damaged = this.#damaged;
    this.#damaged = 0;
    return damaged;
  }

  /** One at a time. What a failed or cut-short write leaves is written over by the next. */
  async append(request: Buffer, count: number): Promise<void> {
    const frame = encodeFrame(request, count);
    this.#unsettled++;
    try {
      const handle = await this.#opened();
      for (let done = 0; done < frame.length; ) {
        const { bytesWritten } = await handle.write(frame, done, frame.length - done, this.#size + done);
        done += bytesWritten;
      }
    } catch (error) {
      this.#unsettled--;
      throw error;
    }
    this.#size += frame.length;
    this.#untaken += count;
  }

  /** Takes the next request that waits, or undefined at the end. Rejects when it can't be read just now, but may be later. */
  async next(): Promise<HeldRequest | undefined> {
    while (!this.#isGone && this.#readAt < this.#size) {
      const at = this.#gaps.get(this.#readAt) ?? this.#readAt;
      const header = decodeHeader(await this.#read(at, HEADER_LENGTH));
      const frame = header?.isSettled === false ? await this.#read(at, HEADER_LENGTH + header.length) : null;
      if (this.#isGone) return undefined;
      if (header === null) {
        this.#giveUpFrom(at);
        return undefined;
      }
      this.#readAt = at + HEADER_LENGTH + header.length;
      if (frame === null) continue;
      this.#untaken -= header.count;
      if (isIntact(frame, header)) {
        return { request: frame.subarray(HEADER_LENGTH), count: header.count, segment: this, at };
      }
      this.#unsettled--;
      this.#damaged += header.count;
    }
    return undefined;
  }

  /** The request that begins there need not be sent again, by no process. */
  async settle(at: number): Promise<void> {
    if (this.#isGone) return;
    this.#unsettled--;
    const handle = await this.#opened();
    await handle.write(SETTLED, 0, SETTLED.length, at + STATE_AT);
  }

  /** Whether the file still stands where it was made: somebody may have deleted it, or moved it away. */
  async isInPlace(): Promise<boolean> {
    return await access(this.path).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    const handle = await this.#handle?.catch(() => undefined);
    await handle?.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  async #opened(): Promise<FileHandle> {
    this.#handle ??= open(this.path, 'r+');
    try {
      return await this.#handle;
    } catch (error) {
      this.#handle = undefined;
      throw error;
    }
  }

  /** Shorter than asked for where the file ends or can't be read. Rejects when that may pass. */
  async #read(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(Math.min(length, this.#size - at));
    try {
      const handle = await this.#opened();
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
      return bytes.subarray(0, bytesRead);
    } catch (error) {
      if (isPassing(error)) throw error;
      return Buffer.alloc(0);
    }
  }

  /** What follows can't be told apart any more. */
  #giveUpFrom(at: number): void {
    this.#damaged += this.#untaken;
    this.#untaken = 0;
    this.#unsettled = 0;
    this.#size = at;
  }
}

/** The header at a place of a file's bytes, unless it leads to where nothing begins and has lost its request. */
function plausibleHeader(bytes: Buffer, at: number): FrameHeader | null {
  const header = decodeHeader(bytes, at);
  const end = at + HEADER_LENGTH + (header?.length ?? 0);
  if (header === null || end > bytes.length) return null;
  const leadsOn = end === bytes.length || decodeHeader(bytes, end) !== null;
  return leadsOn || isIntact(bytes.subarray(at, end), header) ? header : null;
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
