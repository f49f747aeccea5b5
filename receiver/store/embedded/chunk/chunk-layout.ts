/** A chunk's bytes: header, rows, tables; all numbers little-endian (docs/storage-format.md has the layout in full). */

export const HEADER = {
  /** `LVC` and the version of the layout. */
  magic: 0,
  rows: 4,
  /** Where the rows end and the tables begin. */
  rowsEnd: 8,
  /** CRC-32 of everything else; 0 for none. */
  checksum: 12,
} as const;
export const HEADER_BYTES = 16;
/** The bytes `4c 56 43 01`. */
export const MAGIC = 0x0143564c;

/**
 * The part of a row that is there in all of them. Behind it: trace id, span id, uid key, event name, dropped attributes,
 * as far as it has them, the body, the attributes' values.
 */
export const ROW = {
  length: 0,
  sequence: 4,
  timestamp: 8,
  observedTimestamp: 16,
  logger: 24,
  severity: 28,
  resource: 32,
  scope: 36,
  shape: 40,
  has: 44,
  flags: 45,
} as const;
export const ROW_BYTES = 48;

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;
