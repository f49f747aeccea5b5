import type { Level, NamedLevel } from '../record/severity.ts';

/** One of the log lines an alert carries. */
export interface AlertLine {
  readonly id: string;
  readonly timestamp: bigint;
  readonly level: Level;
  readonly body: string;
}

/** A threshold was reached (PARITY.md P28). Times are nanoseconds since the Unix epoch. */
export interface Alert {
  /** Unique; sorts by `firedAt`. */
  readonly id: string;
  readonly service: string;
  readonly logger: string;
  /** The level whose threshold was reached. */
  readonly thresholdLevel: NamedLevel;
  /** The level of the record that reached it, as displayed (its severityText, else the level's name). */
  readonly recordLevel: string;
  readonly threshold: number;
  /** Matching records in the window. */
  readonly count: number;
  readonly windowStart: bigint;
  readonly windowEnd: bigint;
  /** Time of the record that reached the threshold. */
  readonly timestamp: bigint;
  readonly message: string;
  /** `code.function.name`, '' when unknown. */
  readonly module: string;
  /** `code.file.path`, '' when unknown. */
  readonly path: string;
  /** `code.line.number`, 0 when unknown. */
  readonly lineNumber: number;
  /** The last few matching records, newest first. */
  readonly records: readonly AlertLine[];
  /** When the receiver noticed. */
  readonly firedAt: bigint;
}

/** One (service, logger, level)'s memory between evaluations. What the text holds is the alerts' own affair. */
export interface AlertState {
  readonly key: string;
  /** 0 for a key never saved; each successful commit makes it one more. */
  readonly version: number;
  readonly state: string;
}

/** A step to take only if nobody took another since `version` was read. */
export interface AlertCommit {
  readonly key: string;
  /** The version the step was computed from. */
  readonly version: number;
  readonly state: string;
  readonly alerts: readonly Alert[];
}
