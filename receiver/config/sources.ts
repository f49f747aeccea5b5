import { z } from 'zod';
import { TOKEN_SCOPES } from './config.ts';
import { faultsIn, formatPath, type NameOf } from './faults.ts';
import { MASKED, quoteValue } from './quote.ts';
import { type UserConfig, userConfigSchema } from './schema.ts';
import { schemaAt, unwrap } from './setting.ts';
import { allowedNames } from './suggestion.ts';

/** A setting that can be given outside the config file. */
interface OutsideSetting {
  readonly path: readonly string[];
  /** Its flag of `logvitals serve`, without the dashes. */
  readonly flag?: string;
  readonly variable: string;
}

export const OUTSIDE_SETTINGS: readonly OutsideSetting[] = [
  { path: ['storage'], flag: 'storage', variable: 'LOGVITALS_STORAGE' },
  { path: ['host'], flag: 'host', variable: 'LOGVITALS_HOST' },
  { path: ['grpcPort'], flag: 'grpc-port', variable: 'LOGVITALS_GRPC_PORT' },
  { path: ['httpPort'], flag: 'http-port', variable: 'LOGVITALS_HTTP_PORT' },
  { path: ['dashboardPort'], flag: 'dashboard-port', variable: 'LOGVITALS_DASHBOARD_PORT' },
  { path: ['insecure'], flag: 'insecure', variable: 'LOGVITALS_INSECURE' },
  { path: ['timeZone'], variable: 'LOGVITALS_TIME_ZONE' },
  { path: ['title'], variable: 'LOGVITALS_TITLE' },
  { path: ['retention', 'days'], variable: 'LOGVITALS_RETENTION_DAYS' },
  { path: ['embedded', 'durability'], variable: 'LOGVITALS_EMBEDDED_DURABILITY' },
  { path: ['embedded', 'maxBytes'], variable: 'LOGVITALS_EMBEDDED_MAX_BYTES' },
  { path: ['postgres', 'connections'], variable: 'LOGVITALS_POSTGRES_CONNECTIONS' },
  { path: ['postgres', 'trigramIndex'], variable: 'LOGVITALS_POSTGRES_TRIGRAM_INDEX' },
  { path: ['mongodb', 'connections'], variable: 'LOGVITALS_MONGODB_CONNECTIONS' },
];

const VARIABLE_START = 'LOGVITALS_';
/** Names the config file. */
export const CONFIG_VARIABLE = 'LOGVITALS_CONFIG';
/** One bearer token: a server accepts it with all scopes, a client command sends it. */
export const TOKEN_VARIABLE = 'LOGVITALS_TOKEN';

/** Variables that other parts read: the exporter package, and the project's own tests. */
const FOREIGN_VARIABLES = /^LOGVITALS_(URL|CRASH_ROUNDS|TEST_.*)$/;

export type Environment = Readonly<Record<string, string | undefined>>;
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Settings as somebody wrote them in one place, found valid by themselves. */
export interface Source {
  readonly written: UserConfig;
  /** What the place calls a key. */
  readonly nameOf: NameOf;
}

/** What the command line's flags say; faults are added to `faults`. Flags that are no settings are passed over. */
export function readFlags(flags: Flags, faults: string[]): Source {
  const given: Given[] = [];
  for (const { path, flag } of OUTSIDE_SETTINGS) {
    const value = flag === undefined ? undefined : flags[flag];
    if (value !== undefined) given.push({ path, name: `--${flag}`, value: typed(path, value) });
  }
  return collect(given, faults);
}

/** What the `LOGVITALS_*` variables say; empty ones count as not set, unknown ones are faults. */
export function readEnvironment(environment: Environment, faults: string[]): Source {
  faults.push(...unknownVariables(environment));
  const given: Given[] = [];
  for (const { path, variable } of OUTSIDE_SETTINGS) {
    const value = environment[variable];
    if (value) given.push({ path, name: variable, value: typed(path, value) });
  }
  const token = environment[TOKEN_VARIABLE];
  if (token) {
    const value = [{ name: TOKEN_VARIABLE, token, scopes: [...TOKEN_SCOPES] }];
    given.push({ path: ['auth', 'tokens'], name: TOKEN_VARIABLE, value });
  }
  return collect(given, faults);
}

/** What a config file (or code) says. `label` stands before its keys: the file's name, or nothing. */
export function readObject(written: unknown, label: string, faults: string[]): Source {
  const nameOf: NameOf = (path) => [label, formatPath(path)].filter(Boolean).join(': ') || 'the configuration';
  faults.push(...faultsIn(userConfigSchema, written, nameOf));
  return { written: written as UserConfig, nameOf };
}

/** One setting as it was given, under the name that a fault should mention. */
interface Given {
  readonly path: readonly string[];
  readonly name: string;
  readonly value: unknown;
}

function collect(given: readonly Given[], faults: string[]): Source {
  const written: Record<string, unknown> = {};
  for (const { path, value } of given) {
    const [group, key] = path;
    written[group!] = key === undefined ? value : { ...(written[group!] as object | undefined), [key]: value };
  }
  const nameOf: NameOf = (path) => given.find((one) => one.path.every((key, index) => key === path[index]))!.name;
  faults.push(...faultsIn(userConfigSchema, written, nameOf));
  return { written, nameOf };
}

/** A flag's or variable's text as the setting's own type; what can't be turned stays, for the schema to refuse. */
function typed(path: readonly string[], value: string | boolean): unknown {
  const schema = schemaAt(userConfigSchema, path);
  const target = schema && unwrap(schema);
  if (target instanceof z.ZodNumber && typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  if (target instanceof z.ZodBoolean && (value === 'true' || value === '1')) return true;
  if (target instanceof z.ZodBoolean && (value === 'false' || value === '0')) return false;
  return value;
}

function unknownVariables(environment: Environment): string[] {
  const known = [...OUTSIDE_SETTINGS.map(({ variable }) => variable), CONFIG_VARIABLE, TOKEN_VARIABLE];
  return Object.keys(environment)
    .filter((name) => name.startsWith(VARIABLE_START) && !known.includes(name) && !FOREIGN_VARIABLES.test(name))
    .map((name) => {
      const hint = allowedNames(name, known, VARIABLE_START);
      return `${name} is ${isSecretName(name) ? MASKED : quoteValue(environment[name])}, but no such variable exists${hint}`;
    });
}

const isSecretName = (name: string) => /PASS|SECRET|TOKEN|KEY/.test(name);
