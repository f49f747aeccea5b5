import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until `attempt` stops throwing; gives up, with its last error, after `seconds`. For what another process will do in its own time. */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}
