import { emit } from './emit/emit.ts';
import { createFilter, isPattern, type Patterns } from './emit/patterns.ts';
import { optionError, refuseUnknownOptions } from './option-error.ts';
import { severities } from './severities.ts';
import { OPERATIONS, type Operation, textOf } from './transfer/operations.ts';

/** Which operations to record, by the remote path; exclude wins. Default: all. */
export type SftpOptions = Patterns;

const SFTP_OPTIONS: readonly (keyof SftpOptions)[] = ['include', 'exclude'];

/** The little of `ssh2-sftp-client` that is looked at. */
interface SftpClient {
  connect(...args: never[]): Promise<unknown>;
  put(...args: never[]): Promise<unknown>;
  get(...args: never[]): Promise<unknown>;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * An `ssh2-sftp-client` client whose connecting, uploads, downloads, deletions, renamings and the like are recorded, each
 * with its outcome, size and duration: `const sftp = recordSftp(new Client())`. It is used like the client itself, and
 * answers and fails as that does; passwords and keys are never looked at.
 * @throws TypeError when the client is none, or an option makes no sense.
 */
export function recordSftp<Client extends SftpClient>(client: Client, options: SftpOptions = {}): Client {
  if (typeof client?.connect !== 'function' || typeof client.put !== 'function' || typeof client.get !== 'function') {
    throw new TypeError('@logvitals/exporter: recordSftp needs a client of ssh2-sftp-client: recordSftp(new Client())');
  }
  refuseUnknownOptions(options, SFTP_OPTIONS);
  for (const name of SFTP_OPTIONS) {
    const patterns: unknown = options[name];
    if (patterns === undefined || (Array.isArray(patterns) && patterns.every(isPattern))) continue;
    throw optionError(name, patterns, 'an array of texts and regular expressions, such as ["/outbox/*"]');
  }
  const recorder = new SftpRecorder(client, createFilter(options));
  return new Proxy(client, { get: (_client, name) => recorder.property(name) });
}

class SftpRecorder {
  readonly #client: object;
  readonly #isRecorded: (path: string) => boolean;
  /** Methods as they are handed out, so that each is the same every time. */
  readonly #methods = new Map<PropertyKey, { original: unknown; method: Method }>();
  #server: Record<string, unknown> = {};

  constructor(client: object, isRecorded: (path: string) => boolean) {
    this.#client = client;
    this.#isRecorded = isRecorded;
  }

  /** The client's methods are called on the client, so that what they use of it in turn is not recorded again. */
  property(name: PropertyKey): unknown {
    const original: unknown = Reflect.get(this.#client, name);
    if (typeof original !== 'function' || name === 'constructor') return original;
    const known = this.#methods.get(name);
    if (known?.original === original) return known.method;
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name as keyof typeof OPERATIONS] : undefined;
    const client = this.#client;
    const method: Method = operation
      ? (...args) => this.#run(operation, args, () => (original as Method).apply(client, args))
      : (...args) => (original as Method).apply(client, args);
    this.#methods.set(name, { original, method });
    return method;
  }

  #run(operation: Operation, args: unknown[], call: () => unknown): unknown {
    if (operation.action === 'connect') this.#server = serverOf(args[0]);
    const path = operation.path(args);
    if (operation.action !== 'connect' && !this.#isRecorded(path)) return call();
    const size = operation.size?.(args);
    const start = performance.now();
    const record = (outcome: { error?: unknown; bytes?: number | undefined }) =>
      this.#emit(operation, args, path, { ...outcome, duration: (performance.now() - start) / 1_000 });
    let answer: unknown;
    try {
      answer = call();
    } catch (error) {
      record({ error: error ?? 'unknown' });
      throw error;
    }
    return Promise.resolve(answer).then(
      async (result) => {
        record({ bytes: await size?.(result).catch(() => undefined) });
        return result;
      },
      (error) => {
        record({ error: error ?? 'unknown' });
        throw error;
      },
    );
  }

  #emit(
    { word, action, target }: Operation,
    args: unknown[],
    path: string,
    outcome: { duration: number; bytes?: number | undefined; error?: unknown },
  ): void {
    const to = target?.(args);
    const error = outcome.error as { code?: unknown; name?: unknown; message?: unknown } | undefined;
    const server = action === 'connect' ? textOf(this.#server['server.address']) : '';
    emit('logvitals.sftp', {
      eventName: 'logvitals.event',
      severity:
        error === undefined ? severities.API : { ...severities.ERROR, severityText: severities.API.severityText },
      body: [word, path || server, ...(to === undefined ? [] : ['→', to])].join(' '),
      attributes: {
        'logvitals.audit.tool': 'sftp',
        'logvitals.audit.action': action,
        'logvitals.http.direction': 'external',
        'logvitals.duration': outcome.duration,
        ...this.#server,
        ...(path !== '' && { 'file.path': path }),
        'file.size': outcome.bytes,
        'logvitals.data': to === undefined ? undefined : { to },
        ...(error !== undefined && {
          'error.type': errorType(error),
          'exception.message': textOf(error.message ?? outcome.error),
        }),
      },
    });
  }
}

/** Status codes of SFTP, version 3 (draft-ietf-secsh-filexfer-02, section 7), which the client gives as error codes. */
const STATUS: Readonly<Record<number, string>> = {
  1: 'EOF',
  2: 'NO_SUCH_FILE',
  3: 'PERMISSION_DENIED',
  4: 'FAILURE',
  5: 'BAD_MESSAGE',
  6: 'NO_CONNECTION',
  7: 'CONNECTION_LOST',
  8: 'OP_UNSUPPORTED',
};

function errorType({ code, name }: { code?: unknown; name?: unknown }): string {
  return (typeof code === 'number' && STATUS[code]) || textOf(code ?? name ?? 'Error');
}

/** Where the client connects to. Nothing else of the settings is looked at, for passwords stand among them. */
function serverOf(settings: unknown): Record<string, unknown> {
  const { host, port } = (settings ?? {}) as { host?: unknown; port?: unknown };
  return { 'server.address': host, 'server.port': port ?? 22 };
}
