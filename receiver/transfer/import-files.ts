import { stat } from 'node:fs/promises';
import type { ImportTarget } from './import-target.ts';
import { isUnreadable, readLines } from './lines.ts';
import { type PreparedLine, RequestMaker } from './requests.ts';

/** What an import tells while it runs. */
export interface ImportReport {
  /** Bytes read from the files, as they lie there. */
  bytes: number;
  /** Records stored, or known from an earlier import. */
  records: number;
  /** Lines, records or files refused. */
  faults: number;
  /** One fault, named: `logs.jsonl:12: …`. */
  onFault(message: string): void;
}

/** Requests on their way at once, so that the store commits them together. */
const MOST_IN_FLIGHT = 128;
const MOST_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/**
 * Reads OTLP JSON lines from files (`-` is standard input) and sends them. Bad lines are told and counted, the rest goes
 * on. Rejects when the target is gone.
 */
export async function importFiles(
  files: readonly string[],
  target: ImportTarget,
  longestLine: number,
  report: ImportReport,
): Promise<void> {
  for (const file of files) await new FileImport(file, target, report).run(longestLine);
}

class FileImport {
  readonly #file: string;
  readonly #target: ImportTarget;
  readonly #report: ImportReport;
  readonly #inFlight = new Set<Promise<void>>();
  #bytesInFlight = 0;

  constructor(file: string, target: ImportTarget, report: ImportReport) {
    this.#file = file;
    this.#target = target;
    this.#report = report;
  }

  async run(longestLine: number): Promise<void> {
    const onRead = (bytes: number) => {
      this.#report.bytes += bytes;
    };
    try {
      const maker = new RequestMaker(await this.#time());
      for await (const { number, bytes } of readLines(this.#file, longestLine, onRead)) {
        if (bytes === null) this.#fault(`${this.#file}:${number}: the line is longer than ${longestLine} bytes`);
        else await this.#send(number, maker.prepare(bytes));
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#fault(`${this.#file} can't be read on: ${error.message}`);
    } finally {
      await Promise.all(this.#inFlight);
    }
  }

  /** The file's own time, which is the same at the next import. */
  async #time(): Promise<bigint> {
    if (this.#file === '-') return BigInt(Date.now()) * 1_000_000n;
    return (await stat(this.#file, { bigint: true })).mtimeNs;
  }

  async #send(number: number, line: PreparedLine): Promise<void> {
    const place = `${this.#file}:${number}`;
    if ('fault' in line) return this.#fault(`${place}: ${line.fault}`);
    if (line.rejected > 0) this.#fault(`${place}: ${line.rejected} refused: ${line.reason}`, line.rejected);
    for (const { bytes, records } of line.requests) {
      while (this.#inFlight.size > 0 && !this.#hasRoomFor(bytes.length)) await Promise.race(this.#inFlight);
      const sending = this.#sendOne(place, bytes, records).finally(() => {
        this.#inFlight.delete(sending);
        this.#bytesInFlight -= bytes.length;
      });
      this.#inFlight.add(sending);
      this.#bytesInFlight += bytes.length;
    }
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#inFlight.size < MOST_IN_FLIGHT && this.#bytesInFlight + bytes <= MOST_BYTES_IN_FLIGHT;
  }

  async #sendOne(place: string, bytes: Buffer, records: number): Promise<void> {
    const { rejected, reason } = await this.#target.send(bytes);
    if (rejected === 'all') return this.#fault(`${place}: refused: ${reason}`);
    this.#report.records += Math.max(0, records - rejected);
    if (rejected > 0) this.#fault(`${place}: ${rejected} refused: ${reason}`, rejected);
  }

  #fault(message: string, count = 1): void {
    this.#report.faults += count;
    this.#report.onFault(message);
  }
}
