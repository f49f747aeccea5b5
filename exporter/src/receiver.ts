import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type Environment, variable } from './environment.ts';
import { optionError } from './option-error.ts';

/** Where the records go, and how. What is not given comes from the environment. */
export interface ReceiverOptions {
  /**
   * The receiver's base address; `/v1/logs` is appended unless it ends so. Else `LOGVITALS_URL`, else
   * `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT` (used as it is), else `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://127.0.0.1:4318`.
   */
  readonly url?: string | undefined;
  /** Sent as `Authorization: Bearer …`. Else `LOGVITALS_TOKEN`. */
  readonly token?: string | undefined;
  /** Further request headers, over those of `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_EXPORTER_OTLP_LOGS_HEADERS`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Milliseconds one delivery may take, its retries included; at most 30,000. Else `OTEL_EXPORTER_OTLP_LOGS_TIMEOUT`, else
   * `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10,000.
   */
  readonly timeout?: number | undefined;
  /** Else `OTEL_EXPORTER_OTLP_LOGS_COMPRESSION`, else `OTEL_EXPORTER_OTLP_COMPRESSION`, else `none`. */
  readonly compression?: 'none' | 'gzip' | undefined;
}

export const RECEIVER_OPTIONS: readonly (keyof ReceiverOptions)[] = [
  'url',
  'token',
  'headers',
  'timeout',
  'compression',
];

/** What the options and our own variables say. Where a field is undefined, OpenTelemetry's variables decide. */
export interface Receiver {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly timeoutMillis: number | undefined;
  readonly compression: 'none' | 'gzip' | undefined;
}

const DEFAULT_URL = 'http://127.0.0.1:4318';
/** Milliseconds. A delivery that takes longer holds up all that come after it. */
export const LONGEST_TIMEOUT = 30_000;

/**
 * Options over `LOGVITALS_*` over `OTEL_*` over the default.
 * @throws TypeError naming the option or variable at fault. Neither a token nor a password in an address is ever quoted.
 */
export function resolveReceiver(options: ReceiverOptions, environment: Environment): Receiver {
  const { timeout, compression } = options;
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0 && timeout <= LONGEST_TIMEOUT)) {
    throw optionError('timeout', timeout, `a number of milliseconds above 0, at most ${LONGEST_TIMEOUT}`);
  }
  if (compression !== undefined && compression !== 'none' && compression !== 'gzip') {
    throw optionError('compression', compression, '"none" or "gzip"');
  }
  return {
    url: endpoint(options, environment),
    headers: headersOf(options, environment),
    timeoutMillis: timeout,
    compression,
  };
}

function endpoint(options: ReceiverOptions, environment: Environment): string {
  if (options.url !== undefined) return underBase(parse('url', options.url), false);
  const logvitals = variable(environment, 'LOGVITALS_URL');
  if (logvitals !== undefined) return underBase(parse('LOGVITALS_URL', logvitals), false);
  const logs = variable(environment, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
  if (logs !== undefined) return parse('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', logs).href;
  const base = variable(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (base !== undefined) return underBase(parse('OTEL_EXPORTER_OTLP_ENDPOINT', base), true);
  return underBase(new URL(DEFAULT_URL), true);
}

/** OpenTelemetry appends the path whatever the base ends with; ours may also be the whole address. */
function underBase(base: URL, always: boolean): string {
  const path = base.pathname.replace(/\/+$/, '');
  base.pathname = !always && path.endsWith('/v1/logs') ? path : `${path}/v1/logs`;
  return base.href;
}

function parse(name: string, value: unknown): URL {
  const allowed = `an address beginning with http:// or https://, such as ${DEFAULT_URL}`;
  if (typeof value !== 'string') throw optionError(name, value, allowed);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw optionError(name, withoutPassword(value), allowed);
  return url;
}

/** What stands before an @ may be a password, wherever in a malformed address that is. */
const withoutPassword = (address: string): string => address.replace(/^([a-z]+:\/\/)?.*@/is, '$1…@');

function headersOf(options: ReceiverOptions, environment: Environment): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value !== 'string') throw optionError(`headers[${JSON.stringify(name)}]`, value, 'a string');
    refuseUnsendable(name, value);
    headers[name.toLowerCase()] = value;
  }
  if (options.token !== undefined) {
    if (headers.authorization !== undefined) {
      throw new TypeError('@logvitals/exporter: both token and headers.authorization are given; give one of them');
    }
    headers.authorization = bearer('token', options.token);
  } else if (headers.authorization === undefined) {
    const token = variable(environment, 'LOGVITALS_TOKEN');
    if (token !== undefined) headers.authorization = bearer('LOGVITALS_TOKEN', token);
  }
  return headers;
}

/** Node would refuse it too, but only on delivery, which would then never succeed. The value may be a secret: unquoted. */
function refuseUnsendable(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (error) {
    throw new TypeError(`@logvitals/exporter: headers cannot be sent: ${(error as Error).message}`);
  }
}

/** RFC 6750's `b64token` and more: anything printable, so that a token of another proxy passes as well. */
function bearer(name: string, token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw new TypeError(`@logvitals/exporter: ${name} must be a token of printable characters without spaces`);
}
