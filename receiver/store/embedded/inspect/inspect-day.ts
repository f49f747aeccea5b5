import { statSync } from 'node:fs';
import { Block } from '../block/block.ts';
import { readBlockHeader } from '../block/block-header.ts';
import type { BlockSource, SectionName } from '../block/block-source.ts';
import { DamagedBytesError } from '../bytes.ts';
import { Chunk } from '../chunk/chunk.ts';
import { type Day, fileNameOf } from '../day.ts';
import { bitsSet } from '../filter/bit-map.ts';
import { DayFile, NotReadyError } from '../read/day-file.ts';
import { StoredParts } from '../read/stored-parts.ts';
import { isDamage } from '../sqlite.ts';
import { SECTIONS } from '../write/schema.ts';
import type { BytesByPart } from './bytes-by-part.ts';
import type { DayInspection } from './inspection.ts';
import type { Probe } from './probes.ts';

/** Counts over all days. */
export interface Sums {
  readonly parts: BytesByPart;
  /** Records by service and logger, as a JSON array of both. */
  readonly loggers: Map<string, number>;
  readonly fill: Record<'texts' | 'keys', { set: number; bits: number }>;
}

/** A day's file open for looking at: one state of it, whatever is written meanwhile. */
export class InspectedDay {
  readonly #path: string;
  readonly #day: Day;
  readonly #file: DayFile;
  readonly #parts: StoredParts;
  readonly #problems: string[] = [];

  private constructor(path: string, day: Day) {
    this.#path = path;
    this.#day = day;
    this.#file = new DayFile(path);
    this.#parts = new StoredParts((what, work) => known(what, work(this.#file)));
  }

  /** Opens the day's file for `work`, or says why it can't be read. */
  static use<T>(path: string, day: Day, work: (inspected: InspectedDay) => T): T | { readonly problem: string } {
    let inspected: InspectedDay | undefined;
    try {
      const opened = new InspectedDay(path, day);
      inspected = opened;
      return opened.#file.inSnapshot(() => work(opened));
    } catch (error) {
      if (error instanceof NotReadyError) return { problem: 'of another format; a server converts older ones' };
      if (isDamage(error)) return { problem: `damaged: ${(error as Error).message}` };
      throw error;
    } finally {
      inspected?.close();
    }
  }

  /** The newest block, or null when there is none that can be read. */
  newestBlock(): Block | null {
    const id = this.#file.blockIds().at(-1);
    return id === undefined ? null : (this.#unlessDamaged(`block ${id}`, () => this.#open(id)) ?? null);
  }

  /** Counts everything into `sums` and asks each block the probes. */
  inspect(sums: Sums, probes: readonly Probe[]): DayInspection {
    const before = sums.parts.sum;
    const hot = this.#inspectHot(sums);
    const blocks = { count: 0, records: 0, bytes: 0, smallest: 0, largest: 0 };
    for (const id of this.#file.blockIds()) {
      this.#unlessDamaged(`block ${id}`, () => {
        const block = this.#open(id);
        const start = sums.parts.sum;
        this.#countBlock(id, block, sums);
        for (const probe of probes) this.#ask(probe, id, block);
        blocks.count += 1;
        blocks.records += block.size;
        blocks.bytes += sums.parts.sum - start;
        blocks.smallest = blocks.count === 1 ? block.size : Math.min(blocks.smallest, block.size);
        blocks.largest = Math.max(blocks.largest, block.size);
      });
    }
    const log = sizeOf(`${this.#path}-wal`);
    const bytes = sizeOf(this.#path) + log;
    sums.parts.add('free pages', this.#file.freeBytes());
    // What stands in the log alone was counted as what it is; the rest of the log is copies.
    const rest = Math.max(0, bytes - (sums.parts.sum - before));
    const copies = Math.min(log, rest);
    sums.parts.add('write-ahead logs', copies);
    sums.parts.add("SQLite's own, names and counts", rest - copies);
    return {
      day: fileNameOf(this.#day).slice(0, -'.db'.length),
      bytes,
      records: hot.records + blocks.records,
      hot,
      blocks: { ...blocks, bytes: Math.round(blocks.bytes) },
      problems: this.#problems,
    };
  }

  close(): void {
    this.#file.close();
  }

  #inspectHot({ parts, loggers }: Sums): DayInspection['hot'] {
    const hot = { chunks: 0, records: 0, bytes: 0 };
    for (const id of this.#file.hotIds()) {
      const bytes = this.#file.chunk(id)!;
      hot.chunks += 1;
      hot.bytes += bytes.length;
      parts.add('hot chunks', bytes.length);
      this.#unlessDamaged(`hot chunk ${id}`, () => {
        const chunk = Chunk.read(bytes);
        hot.records += chunk.size;
        for (let row = 0; row < chunk.size; row++) count(loggers, chunk.tables.loggers[chunk.logger(row)]!, 1);
      });
    }
    return hot;
  }

  #countBlock(id: number, block: Block, { parts, loggers, fill }: Sums): void {
    parts.add("blocks' headers", known('a header', this.#file.header(id)).length);
    for (const name of SECTIONS) parts.addSection(name, this.#section(id, name), block.header.keys);
    const filters = this.#filters(id);
    parts.add('text filters', filters.texts().length);
    parts.add('key filters', filters.keys().length);
    addFill(fill.texts, filters.texts());
    addFill(fill.keys, filters.keys());
    for (const { logger, records } of block.header.sites) count(loggers, this.#parts.logger(logger), records);
  }

  /** A block of its own for each probe, so that none keeps what the ones before it unpacked. */
  #ask(probe: Probe, id: number, { header }: Block): void {
    probe.ask(header, this.#parts, this.#filters(id), () => new Block(this.#source(id), header));
  }

  #open(id: number): Block {
    return new Block(this.#source(id), readBlockHeader(known(`the header of block ${id}`, this.#file.header(id))));
  }

  #source(id: number): BlockSource {
    return {
      day: this.#day,
      parts: this.#parts,
      section: (name) => this.#section(id, name),
    };
  }

  #section(id: number, name: SectionName): Uint8Array {
    return known(`the section ${name} of block ${id}`, this.#file.section(id, name));
  }

  #filters(id: number) {
    return {
      texts: () => known(`the text filter of block ${id}`, this.#file.textFilter(id)),
      keys: () => known(`the key filter of block ${id}`, this.#file.keyFilter(id)),
    };
  }

  #unlessDamaged<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DamagedBytesError)) throw error;
      this.#problems.push(`${what} is damaged: ${error.message}`);
      return undefined;
    }
  }
}

/** 0 for a file that is not there. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function known<T>(what: string, answer: T | null): T {
  if (answer === null) throw new DamagedBytesError(`${what} is not there`);
  return answer;
}

function count(
  loggers: Map<string, number>,
  { service, logger }: { readonly service: string; readonly logger: string },
  records: number,
): void {
  const key = JSON.stringify([service, logger]);
  loggers.set(key, (loggers.get(key) ?? 0) + records);
}

function addFill(fill: { set: number; bits: number }, filter: Uint8Array): void {
  fill.bits += filter.length * 8;
  for (const byte of filter) fill.set += bitsSet(byte);
}
