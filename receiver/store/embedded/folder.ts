import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Day, dayOfFileName, fileNameOf } from './day.ts';

/** SQLite's companions of a database file in WAL mode. */
const COMPANIONS = ['-wal', '-shm'] as const;

/** The days a folder has files of, oldest first. */
export function listDays(directory: string): Day[] {
  return readdirSync(directory)
    .map(dayOfFileName)
    .filter((day) => day !== null)
    .sort((a, b) => a - b);
}

export function dayPath(directory: string, day: Day): string {
  return join(directory, fileNameOf(day));
}

/** Removes a database file nobody has open. The log first: alone it must not outlive its file and be taken for another's. */
export function removeDatabase(path: string): void {
  removeCompanions(path);
  rmSync(path, { force: true });
}

/** Removes what a file that is gone left behind. */
export function removeCompanions(path: string): void {
  for (const suffix of COMPANIONS) rmSync(path + suffix, { force: true });
}

/** Moves a damaged database file out of the way, for people to look at; returns its new name. */
export function setAside(path: string): string {
  let target = `${path}.damaged`;
  for (let number = 2; existsSync(target); number++) target = `${path}.${number}.damaged`;
  for (const suffix of COMPANIONS) if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  renameSync(path, target);
  return basename(target);
}
