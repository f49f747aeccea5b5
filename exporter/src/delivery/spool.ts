import { rm } from 'node:fs/promises';
import { USUAL_REQUEST } from './encode-requests.ts';
import { HEADER_LENGTH } from './frame.ts';
import { type HeldRequest, isPassing, Segment } from './segment.ts';
import { SpoolFolder } from './spool-folder.ts';
import type { SpoolSettings } from './spool-options.ts';

/** What of a spool was lost since it was last asked. */
export interface SpoolLosses {
  /** Records pushed out by `maxBytes`. */
  readonly pushedOut: number;
  /** Records in requests that were damaged on disk. */
  readonly damaged: number;
  /** Segments whose end was cut short, by the death of the process that wrote it. */
  readonly torn: number;
}

/** A spool in so many files at least, so that pushing out the oldest loses no more than a part of it. */
const FEWEST_SEGMENTS = 8;
const LARGEST_SEGMENT = 8 * 1024 * 1024;

/** Requests on disk, oldest first, in at most `maxBytes`. One caller appends and one takes; the two need not wait for each other. */
export class Spool {
  readonly #folder: SpoolFolder;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  /** Oldest first; the last may be the one written to. */
  readonly #segments: Segment[] = [];
  #writing: Segment | undefined;
  /** Taken over, but not opened yet: there was no descriptor to spare. */
  #unopened: string[] = [];
  #pushedOut = 0;
  #damaged = 0;
  #torn = 0;

  /** @throws Error when the directory can't be used. */
  constructor({ dir, maxBytes }: SpoolSettings) {
    this.#folder = new SpoolFolder(dir);
    this.#maxBytes = maxBytes;
    this.#segmentBytes = Math.min(LARGEST_SEGMENT, Math.floor(maxBytes / FEWEST_SEGMENTS));
  }

  /** Bytes after which a request of several records should end, so that a small spool holds some of them. */
  get usualRequest(): number {
    return Math.min(this.#segmentBytes, USUAL_REQUEST);
  }

  /** Bytes of the largest request that is worth the room it takes from others. */
  get largestRequest(): number {
    return Math.floor(this.#maxBytes / 2) - HEADER_LENGTH;
  }

  /** Records held and not taken. */
  get untaken(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.untaken, 0);
  }

  /** Takes over what dead processes left. Rejects when the directory can't be read. */
  async adopt(): Promise<void> {
    const adopted = await this.#folder.adopt();
    for (const path of [...this.#unopened.splice(0), ...adopted]) {
      try {
        await this.add(path);
      } catch (error) {
        if (isPassing(error)) this.#unopened.push(path);
        else this.#torn++;
      }
    }
    await this.#makeRoom(0);
  }

  giveSignOfLife(): Promise<void> {
    return this.#folder.giveSignOfLife();
  }

  /** When it resolves, the request survives the death of this process. Rejects when it can't be written. */
  async append(request: Buffer, count: number): Promise<void> {
    const length = HEADER_LENGTH + request.length;
    await this.#makeRoom(length);
    const isFull = this.#writing && this.#writing.size > 0 && this.#writing.size + length > this.#segmentBytes;
    if (isFull || !(await this.#writing?.isInPlace())) this.#writing = undefined;
    this.#writing ??= await this.#create();
    await this.#writing.append(request, count);
  }

  /**
   * Writes requests before it returns, for a process that may be about to die.
   * @returns the path of the new segment, which is not one of the spool's until `add` makes it so.
   */
  writeNow(requests: readonly { request: Buffer; count: number }[]): string {
    const path = this.#folder.newSegmentPath();
    try {
      Segment.writeNow(path, requests);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#folder.restore();
      Segment.writeNow(path, requests);
    }
    return path;
  }

  /** Takes a segment in that `writeNow` wrote, for the process lives on. */
  async add(path: string): Promise<void> {
    const { segment, isTorn } = await Segment.open(path);
    if (isTorn) this.#torn++;
    this.#damaged += segment.takeDamaged();
    this.#insert(segment);
  }

  /** Removes a segment that `writeNow` wrote, for it is not needed after all. */
  async discard(path: string): Promise<void> {
    await rm(path, { force: true }).catch(() => {});
  }

  /**
   * Takes the oldest request that waits. Never rejects: what can't be read is lost, and counted; what can't be read just
   * now is left for later, with all that came after it.
   */
  async next(): Promise<HeldRequest | undefined> {
    for (const segment of [...this.#segments]) {
      let held: HeldRequest | undefined;
      try {
        held = await segment.next();
      } catch {
        return undefined;
      }
      this.#damaged += segment.takeDamaged();
      if (held !== undefined) return held;
      await this.#removeWhenSettled(segment);
    }
    return undefined;
  }

  /** A request that was taken is delivered or given up. */
  async settle({ segment, at }: HeldRequest): Promise<void> {
    await segment.settle(at);
    await this.#removeWhenSettled(segment);
  }

  takeLosses(): SpoolLosses {
    const losses = { pushedOut: this.#pushedOut, damaged: this.#damaged, torn: this.#torn };
    this.#pushedOut = 0;
    this.#damaged = 0;
    this.#torn = 0;
    return losses;
  }

  /** What is not settled stays on disk for the next process. */
  async close(): Promise<void> {
    for (const segment of this.#segments) await (segment.isSettled ? segment.remove() : segment.close());
    await this.#folder.leave();
  }

  async #create(): Promise<Segment> {
    const path = this.#folder.newSegmentPath();
    const segment = await Segment.create(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      this.#folder.restore();
      return Segment.create(path);
    });
    this.#insert(segment);
    return segment;
  }

  #insert(segment: Segment): void {
    this.#segments.push(segment);
    this.#segments.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #makeRoom(bytes: number): Promise<void> {
    let total = this.#segments.reduce((sum, { size }) => sum + size, bytes);
    while (total > this.#maxBytes && this.#segments.length > 0) {
      const oldest = this.#segments[0]!;
      total -= oldest.size;
      this.#pushedOut += oldest.untaken;
      await this.#remove(oldest);
    }
  }

  /** The one written to goes on being used while it is small, lest a quiet application make a file for each record. */
  async #removeWhenSettled(segment: Segment): Promise<void> {
    if (!segment.isSettled) return;
    if (segment === this.#writing && segment.size < this.#segmentBytes / 2) return;
    await this.#remove(segment);
  }

  async #remove(segment: Segment): Promise<void> {
    if (segment === this.#writing) this.#writing = undefined;
    const place = this.#segments.indexOf(segment);
    if (place >= 0) this.#segments.splice(place, 1);
    await segment.remove();
  }
}

/** The folder, or the whole directory, is there no more. */
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
