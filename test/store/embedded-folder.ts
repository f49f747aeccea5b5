import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostics } from '../../receiver/diagnostics.ts';
import { type EmbeddedStoreOptions, openEmbeddedStore } from '../../receiver/store/embedded/embedded-store.ts';
import type { LogStore } from '../../receiver/store/store.ts';

/** A temporary folder with an embedded store in it; whatever is open is closed and removed at the end of the block. */
export async function embeddedFolder() {
  const directory = await mkdtemp(join(tmpdir(), 'logvitals-embedded-'));
  const open = new Set<LogStore>();
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const diagnostics: Diagnostics = { info: say, warn: say, error: say, once: (_, message) => say(message) };
  return {
    directory,
    /** What the stores had to say. */
    said,
    async open(options: Partial<EmbeddedStoreOptions> = {}): Promise<LogStore> {
      const store = await openEmbeddedStore({ directory, diagnostics, ...options });
      open.add(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      for (const store of open) await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
