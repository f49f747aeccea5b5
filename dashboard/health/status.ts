import type { NamedLevel } from '../../receiver/record/severity.ts';

/** How a logger is (CONTRACT.md, "HTTP API"). */
export type CardStatus = 'failing' | 'warning' | 'healthy' | 'clean';

/** How a slot is (PARITY.md P15). */
export type SlotStatus = 'error' | 'warning' | 'ok' | 'empty';

/** Errors and warnings in some stretch of time. FATAL counts among the errors (PARITY.md P11). */
export interface IssueCounts {
  readonly errors: number;
  /** How many of the errors are FATAL. */
  readonly fatals: number;
  readonly warnings: number;
}

/** From how many records on a logger's slot or last hour counts as bad. */
export interface ColourLevels {
  readonly warn: number;
  readonly error: number;
  readonly fatal: number;
}

/** A threshold of null switches an alert off, not the colour: that then starts at the first record (PARITY.md P16). */
export function colourLevels(thresholdOf: (level: NamedLevel) => number | null): ColourLevels {
  return { warn: thresholdOf('WARN') ?? 1, error: thresholdOf('ERROR') ?? 1, fatal: thresholdOf('FATAL') ?? 1 };
}

/**
 * The state of a logger: `failing` when the last hour's errors reach a threshold, `warning` when its warnings do or when
 * it has errors but too few, `healthy` when neither, `clean` when nothing in the whole range is an issue.
 */
export function cardStatus(recent: IssueCounts, issuesInRange: number, levels: ColourLevels): CardStatus {
  if (errorsReach(recent, levels)) return 'failing';
  if (recent.errors > 0 || recent.warnings >= levels.warn) return 'warning';
  return issuesInRange > 0 || recent.warnings > 0 ? 'healthy' : 'clean';
}

/** A slot's colour: red and amber only from the thresholds on, so errors that are too few leave it `ok`. */
export function slotStatus(counts: IssueCounts, total: number, levels: ColourLevels): SlotStatus {
  if (errorsReach(counts, levels)) return 'error';
  if (counts.warnings >= levels.warn) return 'warning';
  return total > 0 ? 'ok' : 'empty';
}

const errorsReach = (counts: IssueCounts, levels: ColourLevels): boolean =>
  counts.errors >= levels.error || counts.fatals >= levels.fatal;
