import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** Half way down: still a third of the core beside threads that would take all of it. */
const LOWER = 5;

/**
 * Lets this thread yield to the process's others where the system allows (Linux, whose priorities are those of
 * threads); elsewhere nothing happens.
 */
export function yieldToOtherThreads(): void {
  if (process.platform !== 'linux') return;
  try {
    // `1234/task/1236`: the last is the thread's number.
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), LOWER);
  } catch {
    // Without /proc, or the right, it has to do without.
  }
}
