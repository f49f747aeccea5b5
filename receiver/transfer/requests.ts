import { hash } from 'node:crypto';
import { runAtOnce } from '../otlp/decode/drive.ts';
import { Fault, MalformedError, TooLargeError } from '../otlp/decode/errors.ts';
import { readRequest } from '../otlp/read-request.ts';
import { toOtlpJsonLine } from '../record/otlp-json-line.ts';

/** A line of a file, ready to be sent as one request or, where records lack a time, as one for each. */
export type PreparedLine =
  | { readonly requests: readonly PreparedRequest[]; readonly rejected: number; readonly reason: string }
  /** The line is no export request at all. */
  | { readonly fault: string };

export interface PreparedRequest {
  readonly bytes: Buffer;
  readonly records: number;
}

/** The receiver cuts and refuses by its own limits; here only the line's own length bounds what is decoded. */
const UNLIMITED = {
  valueBytes: Number.MAX_SAFE_INTEGER,
  recordWeight: Number.MAX_SAFE_INTEGER,
  requestWeight: Number.MAX_SAFE_INTEGER,
};

/**
 * Makes a file's lines into requests whose bytes are the same at each import of the file, so that the receiver knows
 * them again. One for each file: it counts repeated lines.
 */
export class RequestMaker {
  readonly #fileTime: bigint;
  readonly #seen = new RepeatCounter();

  /** `fileTime`, in nanoseconds since the Unix epoch, is given to records that carry no time of their own. */
  constructor(fileTime: bigint) {
    this.#fileTime = fileTime;
  }

  prepare(line: Buffer): PreparedLine {
    try {
      const { records, key, decoded } = runAtOnce(readRequest(line, 'json', UNLIMITED, this.#fileTime));
      const isTimed = key !== null || records.length === 0;
      return {
        requests: isTimed
          ? [{ bytes: this.#unique(line), records: records.length }]
          : records.map((record) => ({ bytes: this.#unique(Buffer.from(toOtlpJsonLine(record))), records: 1 })),
        // A line that is sent as it is has its bad records told by the receiver.
        rejected: isTimed ? 0 : decoded.rejectedCount,
        reason: decoded.firstFault,
      };
    } catch (error) {
      if (error instanceof MalformedError || error instanceof TooLargeError || error instanceof Fault) {
        return { fault: error.message };
      }
      throw error;
    }
  }

  /** The receiver takes equal bytes for a retry, but a file may hold the same line twice on purpose: white space tells the second from the first. */
  #unique(bytes: Buffer): Buffer {
    const repeats = this.#seen.count(bytes);
    return repeats === 0 ? bytes : Buffer.concat([bytes, whiteSpaceNumber(repeats)]);
  }
}

/** A number in blanks and tabs, which JSON passes over. */
function whiteSpaceNumber(value: number): Buffer {
  return Buffer.from(value.toString(2).replaceAll('0', ' ').replaceAll('1', '\t'));
}

const BUCKET_BITS = 22;

/**
 * Says how often a line was seen before, in bounded memory: lines share counters by their digest. Unlike lines that
 * share one only get a higher number, and the same at each import, which is all that is wanted of it.
 */
class RepeatCounter {
  readonly #counts = new Uint32Array(1 << BUCKET_BITS);

  count(bytes: Buffer): number {
    const bucket = Number.parseInt(hash('sha256', bytes, 'hex').slice(0, 8), 16) >>> (32 - BUCKET_BITS);
    return this.#counts[bucket]!++;
  }
}
