import { join } from 'node:path';
import { eventually } from '../../helpers/eventually.ts';
import { type Finished, startScript } from './application.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');

/** An example that runs to its end. `endpoint` is a receiver's base address, `http://host:port`. */
export function runExample(name: 'plain-script' | 'pino' | 'winston', endpoint: string): Promise<Finished> {
  return startScript(join(EXAMPLES, name, 'index.mjs'), { LOGVITALS_URL: endpoint }).finished;
}

/** The Koa example, asked for the given paths and then told to end. Resolves with the answers' statuses. */
export async function runKoaExample(endpoint: string, paths: readonly string[]): Promise<number[]> {
  const server = startScript(join(EXAMPLES, 'koa/index.mjs'), { LOGVITALS_URL: endpoint, PORT: '0' });
  try {
    const address = await eventually(async () => {
      const [found] = /http:\/\/\S+/.exec(server.stdout()) ?? [];
      if (found === undefined) throw new Error('the example has not said where it listens');
      return found;
    });
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await fetch(`${address}${path}`)).status);
    return statuses;
  } finally {
    server.kill('SIGTERM');
    await server.finished;
  }
}
