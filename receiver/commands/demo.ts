import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { runDemoTraffic } from '../demo/traffic.ts';
import { type Command, textFlag } from './command.ts';
import { SERVER_OPTIONS } from './options.ts';
import { serveUntilStopped } from './serve.ts';

export const demo: Command = {
  name: 'demo',
  about: 'serve with made-up traffic, to look around',
  positionals: '',
  options: SERVER_OPTIONS.map((option) =>
    option.name === 'storage'
      ? { ...option, about: 'where to keep the made-up records; default: a temporary folder, removed at the end' }
      : option,
  ),
  /** Made-up records never go into the configured storage: only `--storage` itself names another place. */
  async run(invocation) {
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    const temporary =
      textFlag(invocation, 'storage') === undefined ? mkdtempSync(join(tmpdir(), 'logvitals-demo-')) : null;
    try {
      await serveUntilStopped(
        { ...config, ...(temporary ? { storage: `file:${temporary}` } : {}) },
        async ({ ingest }, signal) => runDemoTraffic(ingest, signal),
      );
    } finally {
      if (temporary) rmSync(temporary, { recursive: true, force: true });
    }
    return 0;
  },
};
