/** What is in a folder of the embedded storage, as `logvitals inspect --format json` prints it. Bytes are of files. */
export interface Inspection {
  readonly folder: string;
  /** Of all files. */
  readonly bytes: number;
  readonly records: number;
  /** Oldest first. */
  readonly days: readonly DayInspection[];
  /** Where the bytes of all days are, the largest first. */
  readonly parts: readonly PartBytes[];
  /** Those with the most records first. */
  readonly loggers: readonly LoggerRecords[];
  /** Share of the filters' bits that are set, 0 … 1. */
  readonly fill: { readonly texts: number; readonly keys: number };
  readonly probes: readonly ProbeResult[];
}

export interface DayInspection {
  /** `2026-11-21`, a UTC day. */
  readonly day: string;
  /** With SQLite's write-ahead log beside the file. */
  readonly bytes: number;
  readonly records: number;
  readonly hot: { readonly chunks: number; readonly records: number; readonly bytes: number };
  readonly blocks: {
    readonly count: number;
    readonly records: number;
    readonly bytes: number;
    /** Records of the smallest and the largest. */
    readonly smallest: number;
    readonly largest: number;
  };
  /** Why the day, or a part of it, could not be looked at. */
  readonly problems: readonly string[];
}

/** A kind of bytes: a column of the blocks, the filters, hot chunks, what SQLite needs. */
export interface PartBytes {
  readonly name: string;
  readonly bytes: number;
}

export interface LoggerRecords {
  readonly service: string;
  readonly logger: string;
  readonly records: number;
}

/** How the blocks' headers and filters did for one query. */
export interface ProbeResult {
  readonly name: string;
  readonly query: string;
  /** All blocks, those that could not be ruled out, and those that had a match. */
  readonly blocks: number;
  readonly opened: number;
  readonly matching: number;
  /** Records that match, in blocks. */
  readonly records: number;
}
