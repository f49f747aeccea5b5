import { z } from 'zod';
import { MASKED, quoteValue } from './quote.ts';
import { describe, schemaAt, unwrap } from './setting.ts';
import { allowedNames } from './suggestion.ts';

/** The configuration can't be used. Each fault is one line that names a key, quotes its value and says what is allowed. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** How a key is called where it was written: `--grpc-port`, `LOGVITALS_GRPC_PORT`, `logvitals.config.ts: grpcPort`. */
export type NameOf = (path: readonly PropertyKey[]) => string;

/** Checks what one source wrote, by itself, and words every fault in it. */
export function faultsIn(schema: z.ZodType, written: unknown, nameOf: NameOf): string[] {
  const result = schema.safeParse(written);
  return result.success ? [] : result.error.issues.flatMap((issue) => faultsOf(schema, written, issue, nameOf));
}

function faultsOf(schema: z.ZodType, written: unknown, issue: z.core.$ZodIssue, nameOf: NameOf): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemaAt(schema, issue.path));
    return issue.keys.map((key) => unknownKey(nameOf([...issue.path, key]), key, known));
  }
  if (issue.code === 'invalid_key') {
    const key = issue.path.at(-1);
    return [`${nameOf(issue.path)}: the name ${quoteValue(key)} is not allowed; allowed: ${issue.issues[0]!.message}`];
  }
  const value = valueAt(written, issue.path);
  const quoted = isSecret(issue.path) && value !== undefined ? MASKED : quoteValue(value);
  return [fault(nameOf(issue.path), quoted, allowedAt(schema, issue))];
}

/** The one wording of a bad value. */
export function fault(name: string, quotedValue: string, allowed: string): string {
  return `${name} is ${quotedValue}; allowed: ${allowed}`;
}

function allowedAt(schema: z.ZodType, issue: z.core.$ZodIssue): string {
  const target = schemaAt(schema, issue.path);
  return (target && describe(target, 'allowed')) ?? issue.message;
}

function unknownKey(name: string, key: string, known: readonly string[]): string {
  return `${name} is not a setting${allowedNames(key, known)}`;
}

function knownKeys(schema: z.core.$ZodType | null): string[] {
  const group = schema && unwrap(schema);
  return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

/** Whatever stands under `auth` may be a token put in the wrong place. */
const isSecret = (path: readonly PropertyKey[]) => path[0] === 'auth';

function valueAt(written: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    written,
  );
}

/** `auth.tokens[0].name`, `thresholds.loggers["payments.*"].ERROR`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `[${quoteValue(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
