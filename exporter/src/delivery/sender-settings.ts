import { readFileSync } from 'node:fs';
import { diag } from '@opentelemetry/api';
import { type Environment, variable } from '../environment.ts';
import { LONGEST_TIMEOUT, type ReceiverOptions, resolveReceiver } from '../receiver.ts';

/** All that sending needs to know, with nothing left to be read from the environment. */
export interface SenderSettings {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** For one attempt. */
  readonly timeoutMillis: number;
  readonly isCompressed: boolean;
  /** Of TLS: PEM text. */
  readonly certificates: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

const DEFAULT_TIMEOUT = 10_000;

/**
 * What `resolveReceiver` says, and what OpenTelemetry's own exporters would read: its variables for logs, else for all
 * signals. What is wrong in those is passed over with a warning, as OpenTelemetry's specification demands.
 * @throws TypeError when an option or one of our own variables makes no sense.
 */
export function resolveSender(options: ReceiverOptions, environment: Environment): SenderSettings {
  const { url, headers, timeoutMillis, compression } = resolveReceiver(options, environment);
  const shared = headersOf(environment, 'OTEL_EXPORTER_OTLP_HEADERS');
  const ofLogs = headersOf(environment, 'OTEL_EXPORTER_OTLP_LOGS_HEADERS');
  return {
    url: new URL(url),
    headers: { ...shared, ...ofLogs, ...headers },
    timeoutMillis: timeoutMillis ?? timeoutOf(environment),
    isCompressed: (compression ?? either(environment, 'COMPRESSION')?.value) === 'gzip',
    certificates: {
      ...certificate('ca', either(environment, 'CERTIFICATE')),
      ...certificate('cert', either(environment, 'CLIENT_CERTIFICATE')),
      ...certificate('key', either(environment, 'CLIENT_KEY')),
    },
  };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

function either(environment: Environment, name: string): Variable | undefined {
  for (const prefix of ['OTEL_EXPORTER_OTLP_LOGS_', 'OTEL_EXPORTER_OTLP_']) {
    const value = variable(environment, prefix + name);
    if (value !== undefined) return { name: prefix + name, value };
  }
  return undefined;
}

function timeoutOf(environment: Environment): number {
  const given = either(environment, 'TIMEOUT');
  if (given === undefined) return DEFAULT_TIMEOUT;
  const milliseconds = Number(given.value);
  if (milliseconds > 0) return Math.min(milliseconds, LONGEST_TIMEOUT);
  diag.warn(`${given.name} is ignored: ${JSON.stringify(given.value)} is no number of milliseconds above 0`);
  return DEFAULT_TIMEOUT;
}

/** `key=value,key=value`, percent-encoded. Values may be secrets: none is ever quoted. */
function headersOf(environment: Environment, name: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (variable(environment, name) ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const [, key, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=(.*)$/s.exec(pair) ?? [];
    const text = value === undefined ? undefined : decoded(value.trim());
    if (key === undefined || text === undefined) diag.warn(`a header in ${name} is ignored: it is no key=value`);
    else headers[key.toLowerCase()] = text;
  }
  return headers;
}

/** Undefined for what no header can carry. */
function decoded(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text);
    return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function certificate(part: string, file: Variable | undefined): Record<string, Buffer> {
  if (file === undefined) return {};
  try {
    return { [part]: readFileSync(file.value) };
  } catch (error) {
    diag.warn(`${file.name} is ignored: ${(error as Error).message}`);
    return {};
  }
}
