import { setTimeout } from 'node:timers/promises';
import { folderBytes, type PinnedProcess } from './process.ts';

/** Looks so often, in milliseconds. */
const STEP = 500;
/** So many looks without news are quiet. */
const QUIET_STEPS = 6;
/** Idle servers use less of a core. */
const IDLE_SHARE = 0.03;

/** Waits until the server has nothing left to do: hardly any CPU, and a folder that stays as it is. False when it never came to that within `seconds`. */
export async function untilQuiet(server: PinnedProcess, folder: string | null, seconds: number): Promise<boolean> {
  let quietSteps = 0;
  let cpu = server.cpuSeconds();
  let bytes = -1;
  for (let step = 0; step < (seconds * 1000) / STEP && quietSteps < QUIET_STEPS; step++) {
    await setTimeout(STEP);
    const cpuNow = server.cpuSeconds();
    const bytesNow = folder === null ? 0 : folderBytes(folder);
    const isQuiet = cpuNow - cpu < (IDLE_SHARE * STEP) / 1000 && bytesNow === bytes;
    quietSteps = isQuiet ? quietSteps + 1 : 0;
    cpu = cpuNow;
    bytes = bytesNow;
  }
  return quietSteps >= QUIET_STEPS;
}
