import { resolve } from 'node:path';
import { optionError, refuseUnknownOptions } from '../option-error.ts';

/** Where records stand until they are delivered, so that they survive the application and an outage of the receiver. */
export interface SpoolOptions {
  /** A directory on a local disk, for this alone; made when it is missing. Several processes may share it. */
  readonly dir: string;
  /** Bytes that each process may fill; then the oldest records make room. From 65,536; default 268,435,456 (256 MiB). */
  readonly maxBytes?: number | undefined;
}

export interface SpoolSettings {
  /** Absolute. */
  readonly dir: string;
  readonly maxBytes: number;
}

const SPOOL_OPTIONS: readonly (keyof SpoolOptions)[] = ['dir', 'maxBytes'];
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const LEAST_MAX_BYTES = 64 * 1024;

/** @throws TypeError naming the option at fault. */
export function resolveSpool(options: SpoolOptions): SpoolSettings {
  if (typeof options !== 'object' || options === null) {
    throw optionError('spool', options, 'an object such as { dir: "/var/spool/web-shop" }');
  }
  refuseUnknownOptions(options, SPOOL_OPTIONS);
  const { dir, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (typeof dir !== 'string' || dir.trim() === '' || dir.includes('\0')) {
    throw optionError('spool.dir', dir, 'the path of a directory, such as "/var/spool/web-shop"');
  }
  if (!Number.isSafeInteger(maxBytes) || maxBytes < LEAST_MAX_BYTES) {
    throw optionError('spool.maxBytes', maxBytes, `a whole number of bytes from ${LEAST_MAX_BYTES}`);
  }
  return { dir: resolve(dir), maxBytes };
}
