import { stat } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { TOKEN_VARIABLE } from '../config/sources.ts';
import { type ImportReport, importFiles } from '../transfer/import-files.ts';
import { type ImportTarget, serverTarget, storageTarget } from '../transfer/import-target.ts';
import { findPlace, serverAddress } from '../transfer/open-source.ts';
import { ServerClient } from '../transfer/server-client.ts';
import { type Command, CommandError, type Invocation, type Option, UsageError } from './command.ts';
import { countOf } from './count.ts';
import { PLACE_OPTIONS } from './options.ts';
import { ProgressBar } from './progress.ts';
import { visible } from './visible.ts';

/** Faults named one by one; the rest is only counted. */
const MOST_FAULTS_SHOWN = 20;

/** Flags of the contract that a later version brings. */
const LATER_OPTIONS: readonly Option[] = [
  { name: 'from', value: 'PACKAGE', about: 'records of another package; not in this version' },
  { name: 'tz', value: 'ZONE', about: 'the time zone of such records; not in this version' },
  { name: 'service', value: 'NAME', about: 'the service of such records; not in this version' },
];

export const importRecords: Command = {
  name: 'import',
  about: "read OTLP JSON lines, the Collector's file exporter format; plain, gzip or zstd; - is standard input",
  positionals: 'FILE…',
  options: [...PLACE_OPTIONS, ...LATER_OPTIONS],
  async run(invocation) {
    const { flags, positionals: files } = invocation;
    for (const { name } of LATER_OPTIONS) {
      if (flags[name] === undefined) continue;
      throw new UsageError(
        `--${name} is ${JSON.stringify(flags[name])}; allowed: nothing yet, this version reads OTLP JSON lines alone`,
      );
    }
    if (files.length === 0) throw new UsageError('import is without a file; allowed: FILE… or - for standard input');
    const { config } = await loadConfig(flags, process.env, process.cwd());
    const target = await openTarget(invocation, config);
    try {
      return await runImport(files, target, config.limits.requestBytes);
    } finally {
      await target.close();
    }
  },
};

async function openTarget(invocation: Invocation, config: Config): Promise<ImportTarget> {
  const place = await findPlace(invocation, config);
  return place.kind === 'storage'
    ? storageTarget(config)
    : serverTarget(await receiverOf(place.client, config), config.logsPath);
}

/** Logs go to the receiver's port, while `--url` may well name the dashboard's: that one says where the receiver is. */
async function receiverOf(client: ServerClient, config: Config): Promise<ServerClient> {
  if (await isReceiver(client, config)) return client;
  const address = (await receiverToldBy(client)) ?? configuredReceiver(client, config);
  const receiver = new ServerClient(address, process.env[TOKEN_VARIABLE]);
  if (await isReceiver(receiver, config)) return receiver;
  throw new CommandError(
    `neither ${client.address} nor ${receiver.address} takes logs; name the OTLP/HTTP address that the server printed with --url`,
  );
}

/** The port that a dashboard names, on the host it was reached by; null when it names none, as to a token that may only send. */
async function receiverToldBy(client: ServerClient): Promise<string | null> {
  const response = await client.request('/api/v1/endpoints');
  const { http } = (await response.json().catch(() => ({}))) as { http?: unknown };
  const receiver = response.ok && typeof http === 'string' ? URL.parse(http) : null;
  if (receiver === null) return null;
  receiver.hostname = new URL(client.address).hostname;
  return receiver.origin;
}

function configuredReceiver(client: ServerClient, config: Config): string {
  const { protocol, hostname } = new URL(client.address);
  const isConfigured = client.address === serverAddress(config, config.dashboardPort);
  return isConfigured ? serverAddress(config, config.httpPort) : `${protocol}//${hostname}:${config.httpPort}`;
}

/** Only the receiver knows the path, and it takes nothing but POST there. */
const isReceiver = async (client: ServerClient, { logsPath }: Config): Promise<boolean> =>
  (await client.probe(logsPath)) === 405;

async function runImport(files: readonly string[], target: ImportTarget, longestLine: number): Promise<number> {
  let told = 0;
  const report: ImportReport = {
    bytes: 0,
    records: 0,
    faults: 0,
    onFault(message) {
      if (++told > MOST_FAULTS_SHOWN) return;
      bar.clear();
      process.stderr.write(`logvitals: ${visible(message)}\n`);
    },
  };
  const bar = new ProgressBar(process.stderr, await totalSize(files), report);
  try {
    await importFiles(files, target, longestLine, report);
  } finally {
    bar.end();
  }
  if (told > MOST_FAULTS_SHOWN) process.stderr.write(`logvitals: and ${told - MOST_FAULTS_SHOWN} more like these\n`);
  process.stderr.write(`imported ${countOf(report.records, 'record')}; ${report.faults} refused\n`);
  return report.faults === 0 ? 0 : 1;
}

/** Bytes of all files, 0 when one's size can't be known. */
async function totalSize(files: readonly string[]): Promise<number> {
  if (files.includes('-')) return 0;
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
