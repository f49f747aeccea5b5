import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { LogvitalsServer } from '../serve.ts';
import { type Command, CommandError } from './command.ts';
import { SERVER_OPTIONS } from './options.ts';
import { trimHeap } from './trim-heap.ts';

export const serveCommand: Command = {
  name: 'serve',
  about: 'receive logs and show them',
  positionals: '',
  options: SERVER_OPTIONS,
  async run({ flags }) {
    const { config } = await loadConfig(flags, process.env, process.cwd());
    await serveUntilStopped(config);
    return 0;
  },
};

/** Under `npm start` one Ctrl-C arrives twice: from the terminal, and from npm, which passes it on. */
const SAME_KEY_PRESS_MILLIS = 1000;

/**
 * Starts the server, prints its addresses, and resolves after a SIGTERM or SIGINT once everything accepted is stored and
 * closed. A second Ctrl-C ends the process at once. `during` runs beside it; its signal aborts when the server stops.
 */
export async function serveUntilStopped(
  config: Config,
  during?: (server: LogvitalsServer, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    let stoppedAt = 0;
    const onSignal = (signal: NodeJS.Signals) => {
      if (stop.signal.aborted) {
        if (signal === 'SIGINT' && performance.now() - stoppedAt > SAME_KEY_PRESS_MILLIS) process.exit(130);
        return;
      }
      stoppedAt = performance.now();
      stop.abort();
      resolve();
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
  const server = await start(config);
  process.stdout.write(addressLines(server));
  setImmediate(trimHeap);
  const beside = during?.(server, stop.signal);
  await stopped;
  await beside;
  await server.close();
}

const addressLines = ({ addresses }: LogvitalsServer): string =>
  [`otlp/grpc  ${addresses.grpc}`, `otlp/http  ${addresses.http}`, `dashboard  ${addresses.dashboard}`, ''].join('\n');

async function start(config: Config): Promise<LogvitalsServer> {
  // Loaded here, for the other commands do without a server and start sooner.
  const [{ serve }, { logVerbosity, setLogVerbosity }] = await Promise.all([
    import('../serve.ts'),
    import('@grpc/grpc-js'),
  ]);
  // grpc-js would print lines of its own beside ours; what matters of them comes back as errors.
  setLogVerbosity(logVerbosity.NONE);
  try {
    return await serve(config);
  } catch (error) {
    throw listenFault(error, config) ?? error;
  }
}

/** Why a port could not be had, in one line; null for any other failure. */
function listenFault(error: unknown, config: Config): CommandError | null {
  const { code = '', message = '', port } = error as { code?: string; message?: string; port?: number };
  const [reason] = /EADDRINUSE|EACCES|EADDRNOTAVAIL/.exec(`${code} ${message}`) ?? [];
  if (!reason) return null;
  const taken = port ?? Number(/:(\d+)\b(?!.*:\d)/.exec(message)?.[1]);
  if (reason === 'EADDRNOTAVAIL') {
    return new CommandError(`this machine has no address ${JSON.stringify(config.host)}; choose another with --host`);
  }
  const problem = reason === 'EACCES' ? 'may not be used by this user' : 'is in use, perhaps by another logvitals';
  return new CommandError(`port ${taken} of ${config.host} ${problem}; choose another with ${flagOf(taken, config)}`);
}

function flagOf(port: number, { grpcPort, httpPort }: Config): string {
  if (port === grpcPort) return '--grpc-port';
  return port === httpPort ? '--http-port' : '--dashboard-port';
}
