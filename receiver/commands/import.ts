import { stat } from 'node:fs/promises';
import { type TimeZone, timeZoneNamed } from '../../dashboard/health/time-zone.ts';
import { toRfc3339 } from '../../dashboard/times.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { TOKEN_VARIABLE } from '../config/sources.ts';
import { systemClock } from '../record/clock.ts';
import { type ImportReport, importFiles } from '../transfer/import-files.ts';
import { type ImportTarget, serverTarget, storageTarget } from '../transfer/import-target.ts';
import { importLegacy, type LegacyImportReport } from '../transfer/legacy/import-legacy.ts';
import type { LegacySource } from '../transfer/legacy/legacy-source.ts';
import { isLegacyPackage, LEGACY_PACKAGES, type LegacyPackage, openLegacySource } from '../transfer/legacy/packages.ts';
import { findPlace, serverAddress } from '../transfer/open-source.ts';
import { ServerClient } from '../transfer/server-client.ts';
import { type Command, CommandError, type Invocation, type Option, textFlag, UsageError } from './command.ts';
import { countOf } from './count.ts';
import { PLACE_OPTIONS } from './options.ts';
import { ProgressBar } from './progress.ts';
import { visible } from './visible.ts';

/** Faults named one by one; the rest is only counted. */
const MOST_FAULTS_SHOWN = 20;

const LEGACY_OPTIONS: readonly Option[] = [
  { name: 'from', value: 'PACKAGE', about: `records of another package: ${Object.keys(LEGACY_PACKAGES).join(', ')}` },
  { name: 'tz', value: 'ZONE', about: 'with --from: the time zone of times without one; default UTC' },
  { name: 'service', value: 'NAME', about: "with --from: the records' service; default the package's name" },
];

export const importRecords: Command = {
  name: 'import',
  about:
    "read OTLP JSON lines, the Collector's file exporter format (plain, gzip or zstd; - is standard input), or another package's records",
  positionals: 'FILE…',
  options: [...PLACE_OPTIONS, ...LEGACY_OPTIONS],
  async run(invocation) {
    const { flags, positionals } = invocation;
    const legacy = legacyImport(invocation);
    if (positionals.length === 0) {
      const what = legacy
        ? `a source; allowed: ${LEGACY_PACKAGES[legacy.name]}`
        : 'a file; allowed: FILE… or - for standard input';
      throw new UsageError(`import is without ${what}`);
    }
    const { config } = await loadConfig(flags, process.env, process.cwd());
    const target = await openTarget(invocation, config);
    try {
      return legacy
        ? await runLegacyImport(legacy, positionals, target, config.retention.days)
        : await runImport(positionals, target, config.limits.requestBytes);
    } finally {
      await target.close();
    }
  },
};

interface LegacyImport {
  readonly name: LegacyPackage;
  readonly zone: TimeZone;
  readonly service: string;
}

/** What `--from` asks for; null without it, when the flags that go with it may not be there either. */
function legacyImport(invocation: Invocation): LegacyImport | null {
  const name = textFlag(invocation, 'from');
  if (name === undefined) {
    for (const flag of ['tz', 'service'] as const) {
      const value = textFlag(invocation, flag);
      if (value !== undefined)
        throw new UsageError(`--${flag} is ${JSON.stringify(value)}; allowed: with --from alone`);
    }
    return null;
  }
  if (!isLegacyPackage(name)) {
    throw new UsageError(`--from is ${JSON.stringify(name)}; allowed: ${Object.keys(LEGACY_PACKAGES).join(', ')}`);
  }
  const zoneName = textFlag(invocation, 'tz') ?? 'UTC';
  const zone = timeZoneNamed(zoneName);
  if (!zone) throw new UsageError(`--tz is ${JSON.stringify(zoneName)}; allowed: a time zone such as Europe/Budapest`);
  const service = textFlag(invocation, 'service') ?? name;
  if (service === '') throw new UsageError('--service is ""; allowed: a name');
  return { name, zone, service };
}

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
  return withReport(await totalSize(files), (report) => importFiles(files, target, longestLine, report));
}

async function runLegacyImport(
  { name, zone, service }: LegacyImport,
  sources: readonly string[],
  target: ImportTarget,
  retentionDays: number,
): Promise<number> {
  const opened: LegacySource[] = [];
  try {
    // All are opened before any is read: a wrong one stops the import before it begins.
    for (const source of sources) opened.push(await openLegacySource(name, source, zone));
    const total = opened.reduce((sum, { size }) => sum + size, 0);
    return await withReport(total, async (report) => {
      const legacyReport: LegacyImportReport = Object.assign(report, { oldest: null });
      for (const source of opened) await importLegacy(source, service, target, legacyReport);
      sayWhatRetentionRemoves(legacyReport.oldest, retentionDays);
    });
  } finally {
    for (const source of opened) await source.close();
  }
}

const NANOSECONDS_A_DAY = 86_400_000_000_000n;

/** What people bring along is often older than what they mean to keep; they should hear so before it goes. */
function sayWhatRetentionRemoves(oldest: bigint | null, retentionDays: number): void {
  const keptFrom = systemClock() - BigInt(retentionDays) * NANOSECONDS_A_DAY;
  if (oldest === null || oldest >= keptFrom) return;
  process.stderr.write(
    `logvitals: some records are older than retention.days, ${retentionDays}: a server with this setting removes them; ` +
      `the oldest is of ${toRfc3339(oldest).slice(0, 10)}\n`,
  );
}

/** Runs an import with its progress shown, and says at the end what came of it; the exit code. */
async function withReport(total: number, run: (report: ImportReport) => Promise<void>): Promise<number> {
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
  const bar = new ProgressBar(process.stderr, total, report);
  try {
    await run(report);
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
