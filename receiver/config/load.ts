import { basename, dirname, resolve } from 'node:path';
import type { Config } from './config.ts';
import { ConfigError } from './faults.ts';
import { findConfigFile, readConfigFile } from './file.ts';
import { anchorPaths, resolveConfig } from './resolve.ts';
import type { UserConfig } from './schema.ts';
import {
  CONFIG_VARIABLE,
  type Environment,
  type Flags,
  readEnvironment,
  readFlags,
  readObject,
  type Source,
} from './sources.ts';

interface LoadedConfig {
  readonly config: Config;
  /** The config file that was read, or null. */
  readonly file: string | null;
}

/**
 * The configuration of a command: flags, then environment, then config file, then defaults. The file is `--config`,
 * else `LOGVITALS_CONFIG`, else a `logvitals.config.*` in `folder`. Throws `ConfigError` with every fault found.
 */
export async function loadConfig(flags: Flags, environment: Environment, folder: string): Promise<LoadedConfig> {
  const faults: string[] = [];
  const sources = [readFlags(flags, faults), readEnvironment(environment, faults)];
  const named = (flags.config as string | undefined) ?? (environment[CONFIG_VARIABLE] || undefined);
  const file = named === undefined ? findConfigFile(folder) : resolve(folder, named);
  if (file !== null) sources.push(await readFile(file, named ?? basename(file), faults));
  if (faults.length > 0) throw new ConfigError(faults);
  return { config: resolveConfig(sources), file };
}

/** The configuration of a server started by code: what it says over the defaults; no file, no environment. */
export function configFrom(written: UserConfig): Config {
  const faults: string[] = [];
  const source = readObject(written, '', faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return resolveConfig([source]);
}

/** A file that can't be read is a fault among the others. */
async function readFile(file: string, label: string, faults: string[]): Promise<Source> {
  try {
    const known = faults.length;
    const source = readObject(await readConfigFile(file, label), label, faults);
    return faults.length > known ? source : { ...source, written: anchorPaths(source.written, dirname(file)) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
    return readObject({}, label, faults);
  }
}
