import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './faults.ts';

/** Looked for in this order in the folder a command is run in. */
const CONFIG_FILES = ['ts', 'js', 'mjs', 'json'].map((ending) => `logvitals.config.${ending}`);

/** The config file of a folder, or null. Two of them are a fault: nobody could tell which one counts. */
export function findConfigFile(folder: string): string | null {
  const found = CONFIG_FILES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) {
    throw new ConfigError([`${folder} holds ${found.join(' and ')}; allowed: one of them, or --config FILE to choose`]);
  }
  return found.length === 1 ? join(folder, found[0]!) : null;
}

/** What a config file exports (`.ts`, `.js`, `.mjs`) or holds (`.json`). `label` is what messages call the file. */
export async function readConfigFile(file: string, label: string): Promise<unknown> {
  if (!existsSync(file)) throw new ConfigError([`${label} does not exist`]);
  return file.endsWith('.json') ? readJson(file, label) : importModule(file, label);
}

function readJson(file: string, label: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    // Only the place is taken from the parser's message: the text beside it may be a secret.
    const place = /line \d+ column \d+/.exec((error as Error).message)?.[0];
    throw new ConfigError([`${label} is not valid JSON${place ? ` (${place})` : ''}`]);
  }
}

async function importModule(file: string, label: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      // The command may run from anywhere (npx), so `logvitals` need not be installed beside the config file.
      if (specifier === 'logvitals') return { url: packageEntry(), shortCircuit: true };
      const resolved = nextResolve(specifier, context);
      // A config file is a module whatever the package.json beside it says of its own files.
      return resolved.url === url
        ? { ...resolved, format: file.endsWith('.ts') ? 'module-typescript' : 'module' }
        : resolved;
    },
  });
  try {
    const module: { default?: unknown } = await import(url);
    if (module.default === undefined)
      throw new ConfigError([`${label} has no default export; allowed: export default defineConfig({ … })`]);
    return module.default;
  } catch (error) {
    throw error instanceof ConfigError ? error : new ConfigError([`${label} can't be loaded: ${describe(error)}`]);
  } finally {
    hooks.deregister();
  }
}

/** Our own package entry, beside this file in the source as in the build. */
const packageEntry = () => new URL(`../index.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href;

/** A thrown value on one line; a module's own words, for it was the user who wrote them. */
function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0]!.slice(0, 500);
}
