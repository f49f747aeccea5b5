import { resolve as resolvePath } from 'node:path';
import type { z } from 'zod';
import type { Config, RangeSettings, ThresholdSettings, TokenSettings } from './config.ts';
import { ConfigError, fault } from './faults.ts';
import { isLoopback } from './loopback.ts';
import { quoteValue } from './quote.ts';
import { type UserConfig, userConfigSchema } from './schema.ts';
import type { Source } from './sources.ts';

type Settings = z.output<typeof userConfigSchema>;

/** Paths in a config file start from its folder, wherever the command is run. */
export function anchorPaths(written: UserConfig, folder: string): UserConfig {
  const { storage, tls } = written;
  return {
    ...written,
    ...(typeof storage === 'string' && storage.startsWith('file:') ? { storage: anchorStorage(storage, folder) } : {}),
    ...(tls
      ? {
          tls: {
            certFile: resolvePath(folder, tls.certFile),
            keyFile: resolvePath(folder, tls.keyFile),
            clientCaFile: tls.clientCaFile == null ? null : resolvePath(folder, tls.clientCaFile),
          },
        }
      : {}),
  };
}

const anchorStorage = (url: string, folder: string) =>
  url.startsWith('file:/') ? url : `file:${resolvePath(folder, url.slice('file:'.length))}`;

/**
 * Puts sources together, the strongest first, over the defaults. Each has been found valid by itself; what is checked
 * here is what only the whole can show. Throws `ConfigError`.
 */
export function resolveConfig(sources: readonly Source[]): Config {
  const settings = userConfigSchema.parse(merge(sources));
  const nameOf = (...path: string[]) =>
    (sources.find(({ written }) => hasPath(written, path)) ?? sources.at(-1)!).nameOf(path);
  const faults = faultsOfTheWhole(settings, nameOf);
  if (faults.length > 0) throw new ConfigError(faults);
  return freeze(toConfig(settings));
}

function hasPath(written: unknown, path: readonly string[]): boolean {
  let value = written;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return value !== undefined;
}

/** Stronger sources replace a key; only what has variables for its parts is put together by these, and tokens add up. */
function merge(sources: readonly Source[]): UserConfig {
  let merged: UserConfig = {};
  for (const { written } of sources.toReversed()) {
    const given = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
    merged = {
      ...merged,
      ...given,
      retention: { ...merged.retention, ...written.retention },
      embedded: { ...merged.embedded, ...written.embedded },
      postgres: { ...merged.postgres, ...written.postgres },
      mongodb: { ...merged.mongodb, ...written.mongodb },
    };
  }
  // A storage object stands before everything (CONTRACT.md, "Storage URL").
  const storage = sources.map(({ written }) => written.storage).find((value) => typeof value === 'object');
  const tokens = sources.flatMap(({ written }) => written.auth?.tokens ?? []);
  return { ...merged, ...(storage ? { storage } : {}), auth: { tokens } };
}

function faultsOfTheWhole(settings: Settings, nameOf: (...path: string[]) => string): string[] {
  const faults: string[] = [];
  const ranges = Object.keys(settings.ranges);
  if (settings.defaultRange !== null && !ranges.includes(settings.defaultRange)) {
    faults.push(fault(nameOf('defaultRange'), quoteValue(settings.defaultRange), `one of ${ranges.join(', ')}`));
  }
  const { requestBytes, queueBytes } = settings.limits;
  if (queueBytes < requestBytes) {
    faults.push(
      fault(nameOf('limits', 'queueBytes'), `${queueBytes} bytes`, `at least limits.requestBytes, ${requestBytes}`),
    );
  }
  const names = settings.auth.tokens.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    faults.push(
      `${nameOf('auth', 'tokens')} has two tokens named ${quoteValue(twice)}; allowed: a name of its own for each`,
    );
  }
  return [...faults, ...portFaults(settings, nameOf), ...exposureFaults(settings, nameOf)];
}

function portFaults(settings: Settings, nameOf: (...path: string[]) => string): string[] {
  const keys = ['grpcPort', 'httpPort', 'dashboardPort'] as const;
  return keys.flatMap((key, index) => {
    const port = settings[key];
    const other = keys.slice(0, index).find((earlier) => settings[earlier] === port && port !== 0);
    return other ? [fault(nameOf(key), String(port), `a port that ${nameOf(other)} doesn't take`)] : [];
  });
}

/** Nobody exposes their logs by accident (CONTRACT.md, "Ports"). */
function exposureFaults(settings: Settings, nameOf: (...path: string[]) => string): string[] {
  if (isLoopback(settings.host) || settings.insecure || settings.auth.tokens.length > 0) return [];
  return [
    `${nameOf('host')} is ${quoteValue(settings.host)}, which others can reach, and no authentication is configured; ` +
      'allowed: configure a token (LOGVITALS_TOKEN, or auth.tokens in the config file), or say --insecure',
  ];
}

function toConfig(settings: Settings): Config {
  const { auth, ranges, defaultRange, thresholds, ...rest } = settings;
  return {
    ...rest,
    ranges: Object.entries(ranges).map(toRange),
    defaultRange: defaultRange ?? ('24h' in ranges ? '24h' : Object.keys(ranges)[0]!),
    thresholds: toThresholds(thresholds),
    tokens: auth.tokens.map(toToken),
  };
}

function toRange([name, { label, slots, slot, timeFormat }]: [string, Settings['ranges'][string]]): RangeSettings {
  return { name, label: label || name, slots, slot, timeFormat: timeFormat ?? (slot.unit === 'day' ? 'date' : 'time') };
}

function toThresholds({ window, loggers, ...levels }: Settings['thresholds']): ThresholdSettings {
  return { levels, window, overrides: Object.entries(loggers).map(([pattern, levels]) => ({ pattern, levels })) };
}

function toToken({ name, token, sha256, scopes }: Settings['auth']['tokens'][number]): TokenSettings {
  return { name, sha256: (token ?? sha256)!, scopes };
}

/** Freezes everything but a user's own storage, which may change as it likes. */
function freeze(config: Config): Config {
  for (const [key, value] of Object.entries(config)) if (key !== 'storage') deepFreeze(value);
  return Object.freeze(config);
}

function deepFreeze(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  for (const inner of Object.values(value)) deepFreeze(inner);
  Object.freeze(value);
}
