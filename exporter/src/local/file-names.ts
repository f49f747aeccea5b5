import { createHash } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';

/** Characters of a logger's name that its file's name keeps. */
const LONGEST_NAME = 80;

/**
 * The file of one logger beside `path`: `shop.jsonl` becomes `shop.payments.jsonl`. A logger's name may be hostile: what
 * isn't plain is replaced, and a digest then tells apart those that look alike, on file systems that ignore case too.
 */
export function pathOfLogger(path: string, logger: string): string {
  const plain = logger
    .replace(/[^a-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, LONGEST_NAME);
  const isSame = plain === logger && plain !== '';
  const digest = () => createHash('sha256').update(logger).digest('hex').slice(0, 12);
  const { folder, stem, extension } = partsOf(path);
  return join(folder, `${stem}.${isSame ? plain : `${plain}~${digest()}`}${extension}`);
}

/** Where a file goes that is put aside, named after the time as the Collector does: `shop-2026-11-21T16-20-01.123.jsonl`. */
export function pathAside(path: string, time: Date): string {
  const { folder, stem, extension } = partsOf(path);
  return join(folder, `${stem}-${time.toISOString().slice(0, -1).replaceAll(':', '-')}${extension}`);
}

/** The time that `pathAside` named a file in the folder of `path` after, in milliseconds; undefined for other files. */
export function timeAside(path: string, name: string): number | undefined {
  const { stem, extension } = partsOf(path);
  if (!name.startsWith(`${stem}-`) || !name.endsWith(extension)) return undefined;
  const time = name.slice(stem.length + 1, name.length - extension.length);
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})$/.exec(time) ?? [];
  const milliseconds = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function partsOf(path: string): { folder: string; stem: string; extension: string } {
  const extension = extname(path);
  return { folder: dirname(path), stem: basename(path, extension), extension };
}
