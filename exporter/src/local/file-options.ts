import { resolve } from 'node:path';
import { optionError, refuseUnknownOptions, wholeNumberOption } from '../option-error.ts';

export interface FileOptions {
  /** The file, such as `logs/shop.jsonl`; its folder is made when it is missing. One process writes it at a time. */
  readonly path: string;
  /** A file for each logger: `logs/shop.payments.jsonl`. Default false. */
  readonly byLogger?: boolean | undefined;
  /** Bytes after which a file is put aside and a new one begun. Default 104,857,600 (100 MiB). */
  readonly maxBytes?: number | undefined;
  /** Milliseconds after which a file is put aside. Default: its age doesn't matter. */
  readonly maxAge?: number | undefined;
  /** Files put aside that are kept, for each logger; then the oldest is deleted. Default 10. */
  readonly maxFiles?: number | undefined;
}

export interface FileSettings {
  /** Absolute. */
  readonly path: string;
  readonly byLogger: boolean;
  readonly maxBytes: number;
  /** Infinity: never. */
  readonly maxAge: number;
  readonly maxFiles: number;
}

const FILE_OPTIONS: readonly (keyof FileOptions)[] = ['path', 'byLogger', 'maxBytes', 'maxAge', 'maxFiles'];
const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;
const DEFAULT_MAX_FILES = 10;
/** Beyond this a number is a slip. */
const MOST_FILES = 10_000;

/** @throws TypeError naming the option at fault. */
export function resolveFile(options: FileOptions): FileSettings {
  refuseUnknownOptions(options, FILE_OPTIONS);
  const { path, byLogger = false, maxAge } = options;
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0') || /[/\\]$/.test(path)) {
    throw optionError('path', path, 'the path of a file, such as "logs/shop.jsonl"');
  }
  if (typeof byLogger !== 'boolean') throw optionError('byLogger', byLogger, 'true or false');
  const most = Number.MAX_SAFE_INTEGER;
  return {
    path: resolve(path),
    byLogger,
    maxBytes: wholeNumberOption('maxBytes', options.maxBytes ?? DEFAULT_MAX_BYTES, most),
    maxAge: maxAge === undefined ? Number.POSITIVE_INFINITY : wholeNumberOption('maxAge', maxAge, most),
    maxFiles: wholeNumberOption('maxFiles', options.maxFiles ?? DEFAULT_MAX_FILES, MOST_FILES),
  };
}
