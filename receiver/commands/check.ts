import { access, constants } from 'node:fs/promises';
import { toRfc3339 } from '../../dashboard/times.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { maskUrlSecrets } from '../config/quote.ts';
import { findPlace, openExistingStore, stepsDue, storageExists } from '../transfer/open-source.ts';
import type { ServerClient } from '../transfer/server-client.ts';
import { type Command, CommandError, type Invocation } from './command.ts';
import { STORAGE_OPTIONS } from './options.ts';

export const check: Command = {
  name: 'check',
  about: 'look at configuration and storage without starting',
  positionals: '',
  options: STORAGE_OPTIONS,
  async run(invocation) {
    const { config, file } = await loadConfig(invocation.flags, process.env, process.cwd());
    print('config', file ?? 'no file: flags, environment and defaults');
    print('host', config.host);
    print('ports', `grpc ${config.grpcPort}, http ${config.httpPort}, dashboard ${config.dashboardPort}`);
    print(
      'tokens',
      config.tokens.length === 0 ? 'none' : config.tokens.map(({ name }) => JSON.stringify(name)).join(', '),
    );
    print('retention', `${config.retention.days} days`);
    await checkTls(config);
    await checkStorage(invocation, config);
    return 0;
  },
};

/** Named files must be there and readable; whether they are certificates the start will say. */
async function checkTls({ tls }: Config): Promise<void> {
  if (!tls) return print('tls', 'off');
  for (const file of [tls.certFile, tls.keyFile, tls.clientCaFile]) {
    if (file === null) continue;
    await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      throw new CommandError(`tls: ${JSON.stringify(file)} can't be read (${error.code})`);
    });
  }
  print('tls', tls.clientCaFile ? 'on, clients need a certificate' : 'on');
}

/** An embedded storage that a server has open is asked through that server: nobody else may open it. */
async function checkStorage(invocation: Invocation, config: Config): Promise<void> {
  const { storage } = config;
  print('storage', typeof storage === 'string' ? maskUrlSecrets(storage) : `your own ${storage.constructor.name}`);
  const place = await findPlace(invocation, config);
  if (place.kind === 'server') return checkServer(place.client);
  if (!storageExists(storage)) return print('reachable', 'not there yet; the first start makes it');
  const due = await stepsDue(config);
  if (due !== '') return print('reachable', `yes; the next start, or "logvitals migrate", takes the migrations ${due}`);
  const store = await openExistingStore(config);
  try {
    await store.ping();
    const loggers = await store.loggers();
    print('reachable', 'yes');
    print('loggers', String(loggers.length));
    const newest = loggers.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), 0n);
    if (newest > 0n) print('newest', toRfc3339(newest));
  } finally {
    await store.close();
  }
}

async function checkServer(client: ServerClient): Promise<void> {
  const status = await client.probe('/readyz');
  if (status !== 200)
    throw new CommandError(`the server at ${client.address} is not ready (/readyz answers ${status ?? 'nothing'})`);
  print('reachable', `yes, by the server at ${client.address}`);
}

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(9)}  ${value}\n`);
}
