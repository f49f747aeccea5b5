import { spawnSync } from 'node:child_process';
import { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import type { Inspection } from '../../receiver/store/embedded/inspect/inspection.ts';
import { encodeRequest } from './encode.ts';
import { getJson } from './get.ts';
import type { PinnedProcess } from './process.ts';
import type { Report } from './report.ts';
import { post } from './send.ts';

const RATE = 10;
/** Half of the time nobody looks, and the CPU is measured; in the other half each record is looked for. */
const SECONDS = 60;

/** Ten records a second, each in a request of its own: how soon they are seen, what that costs, what it leaves in the folder. */
export async function measureTrickle(
  server: PinnedProcess,
  cli: string,
  folder: string,
  report: Report,
): Promise<void> {
  report.heading(`Trickle: ${RATE} records a second for ${SECONDS} seconds`);
  const half = (SECONDS / 2) * RATE;
  const cpuBefore = server.cpuSeconds();
  await trickle(server, 0, half, async () => {});
  const cpuShare = (server.cpuSeconds() - cpuBefore) / (SECONDS / 2);
  const inSearch: number[] = [];
  const inCards: number[] = [];
  const api = `${server.address('dashboard')}/api/v1`;
  await trickle(server, half, half, async (index, sent) => {
    const search = `${api}/logs?q=${wordOf(index)}`;
    await until(async () => (await getJson<{ results: object[] }>(search)).results.length === 1);
    inSearch.push(performance.now() - sent);
    await until(
      async () => (await getJson<{ totals: { total: number } }>(`${api}/cards?range=24h`)).totals.total > index,
    );
    inCards.push(performance.now() - sent);
  });
  addTimes(report, 'seen by search after sending, median', inSearch);
  addTimes(report, 'seen in cards after sending, median', inCards);
  report.add({ name: 'CPU while nobody looks', value: cpuShare * 100, unit: '%', note: 'of one core' });
  const inspection = spawnSync(process.execPath, [cli, 'inspect', '--storage', `file:${folder}`, '--format', 'json']);
  if (inspection.status !== 0) throw new Error(`logvitals inspect failed: ${inspection.stderr}`);
  const { days }: Inspection = JSON.parse(inspection.stdout.toString());
  const chunks = days.reduce((sum, { hot }) => sum + hot.chunks, 0);
  report.add({ name: 'hot chunks left behind', value: chunks, unit: '' });
  const blocks = days.reduce((sum, day) => sum + day.blocks.count, 0);
  report.add({ name: 'blocks left behind', value: blocks, unit: '' });
}

/** Sends record after record at the rate, counting from `first`, and lets `look` look after each. */
async function trickle(
  server: PinnedProcess,
  first: number,
  count: number,
  look: (index: number, sent: number) => Promise<void>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const url = `${server.address('otlp/http')}/v1/logs`;
  const start = performance.now();
  for (let index = first; index < first + count; index++) {
    await setTimeout(Math.max(0, start + ((index - first) * 1000) / RATE - performance.now()));
    const sent = performance.now();
    await post(agent, url, encodeRequest([recordOf(index)]));
    await look(index, sent);
  }
  agent.destroy();
}

const wordOf = (index: number): string => `trickle-${index}-end`;

function recordOf(index: number): LogRecord {
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    timestamp: now,
    observedTimestamp: now,
    severityNumber: 9,
    severityText: 'INFO',
    service: 'trickle',
    logger: 'trickle.drops',
    body: `a drop of the ${wordOf(index)}`,
    attributes: new Map([['drop.index', BigInt(index)]]),
    resource: { attributes: new Map([['service.name', 'trickle']]), droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: 'trickle.drops', version: '', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
    traceId: '',
    spanId: '',
    flags: 0,
    eventName: '',
    droppedAttributesCount: 0,
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(1);
}

function addTimes(report: Report, name: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const note = `longest ${times.at(-1)!.toFixed(1)}`;
  report.add({ name, value: times[times.length >> 1]!, unit: 'ms', goal: 1000, note });
}
