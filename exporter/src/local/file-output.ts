import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type EncodedRequest, encodeRequests } from '../delivery/encode-requests.ts';
import { pathOfLogger } from './file-names.ts';
import { type FileOptions, type FileSettings, resolveFile } from './file-options.ts';
import type { Output, Written } from './output.ts';
import { RotatingFile } from './rotating-file.ts';

/** Files open at once; loggers beyond them take turns. */
const MOST_OPEN = 16;
/** Loggers that get a file of their own; the rest share the file that `path` names. */
const MOST_LOGGERS = 200;

/**
 * OTLP JSON lines, the Collector's file exporter format: each line is an `ExportLogsServiceRequest`, here of the records
 * of one moment. `logvitals import` reads them.
 */
export class FileOutput implements Output {
  readonly name = 'files';
  readonly #settings: FileSettings;
  /** Files in use, the one used longest ago first. */
  readonly #files = new Map<string, RotatingFile>();
  readonly #loggers = new Map<string, string>();
  /** What is being written just now. */
  #underWay: { path: string; bytes: Buffer }[] = [];

  /** @throws TypeError naming the option at fault. */
  constructor(options: FileOptions) {
    this.#settings = resolveFile(options);
  }

  async write(records: readonly ReadableLogRecord[]): Promise<Written> {
    let failed = 0;
    let reason: string | undefined;
    const portions = this.#portions(records);
    this.#underWay = [...portions];
    for (const { path, bytes, count, unserialisable, unserialisableReason } of portions) {
      failed += unserialisable;
      if (unserialisable > 0) reason = unserialisableReason;
      try {
        if (bytes.length > 0) await (await this.#file(path)).append(bytes);
      } catch (error) {
        failed += count;
        reason = (error as Error).message;
      }
      this.#underWay.shift();
    }
    return { failed, reason };
  }

  writeNow(records: readonly ReadableLogRecord[]): void {
    // A line that is under way just now may be there twice then; its records have ids by which they are known again.
    for (const { path, bytes } of [...this.#underWay, ...this.#portions(records)]) {
      try {
        if (bytes.length > 0) new RotatingFile(path, this.#settings).appendNow(bytes);
      } catch {
        // The process is ending: nobody can be told any more.
      }
    }
  }

  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const file of files) await file.close().catch(() => {});
  }

  #portions(records: readonly ReadableLogRecord[]) {
    const byPath = new Map<string, ReadableLogRecord[]>();
    for (const record of records) {
      const path = this.#pathOf(record);
      const sameFile = byPath.get(path);
      if (sameFile === undefined) byPath.set(path, [record]);
      else sameFile.push(record);
    }
    return [...byPath].map(([path, ofFile]) => {
      const { requests, unserialisable, reason } = encodeRequests(ofFile);
      const count = ofFile.length - unserialisable;
      return { path, bytes: linesOf(requests), count, unserialisable, unserialisableReason: reason };
    });
  }

  #pathOf({ instrumentationScope: { name } }: ReadableLogRecord): string {
    const { path, byLogger } = this.#settings;
    if (!byLogger || name === '') return path;
    let own = this.#loggers.get(name);
    if (own === undefined) {
      if (this.#loggers.size >= MOST_LOGGERS) return path;
      own = pathOfLogger(path, name);
      this.#loggers.set(name, own);
    }
    return own;
  }

  async #file(path: string): Promise<RotatingFile> {
    const file = this.#files.get(path) ?? new RotatingFile(path, this.#settings);
    this.#files.delete(path);
    this.#files.set(path, file);
    if (this.#files.size > MOST_OPEN) {
      const [longestAgo] = this.#files.values();
      this.#files.delete(longestAgo!.path);
      await longestAgo!.close();
    }
    return file;
  }
}

const NEWLINE = Buffer.from('\n');

const linesOf = (requests: readonly EncodedRequest[]): Buffer =>
  Buffer.concat(requests.flatMap(({ request }) => [request, NEWLINE]));
