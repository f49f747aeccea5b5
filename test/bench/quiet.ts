import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { folderBytes, type PinnedProcess } from './process.ts';

/** Looks so often, in milliseconds. */
const STEP = 500;
/** So many looks without news are quiet. */
const QUIET_STEPS = 6;
/** Idle servers use less of a core. */
const IDLE_SHARE = 0.03;

/**
 * Waits until the store has nothing left to do: hardly any CPU, a folder that stays as it is, and no day that is over
 * with hot records in it. Null when it is not to be waited for, false when it never came to that within `seconds`.
 */
export async function untilQuiet(
  server: PinnedProcess,
  folder: string | null,
  seconds: number,
): Promise<boolean | null> {
  if (seconds === 0) return null;
  const end = performance.now() + seconds * 1000;
  let quietSteps = 0;
  let cpu = server.cpuSeconds();
  let bytes = -1;
  while (performance.now() < end) {
    await setTimeout(STEP);
    const cpuNow = server.cpuSeconds();
    const bytesNow = folder === null ? 0 : folderBytes(folder);
    const isQuiet = cpuNow - cpu < (IDLE_SHARE * STEP) / 1000 && bytesNow === bytes;
    quietSteps = isQuiet ? quietSteps + 1 : 0;
    cpu = cpuNow;
    bytes = bytesNow;
    if (quietSteps >= QUIET_STEPS && (folder === null || isSealed(folder))) return true;
  }
  return false;
}

/** Whether no day but the present one has hot records. */
function isSealed(folder: string): boolean {
  const today = `${new Date().toISOString().slice(0, 10)}.db`;
  return readdirSync(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d\.db$/.test(name) && name !== today)
    .every((name) => {
      const database = new DatabaseSync(join(folder, name), { readOnly: true });
      const { chunks } = database.prepare('SELECT count(*) AS chunks FROM hot').get() as { chunks: number };
      database.close();
      return chunks === 0;
    });
}
