/**
 * What recording costs a bare Koa hello-world, bodies off: `node test/bench/http-overhead.ts [--rounds N] [--seconds S]`.
 *
 * Five servers, each a process of its own on one core. Real HTTP over kept connections, in short rounds taken in turn, so that
 * whatever else the machine does meets all alike; medians of the rounds, each compared with the bare server's round beside it.
 */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { logs } from '@opentelemetry/api';
import { LoggerProvider, type LogRecordProcessor } from '@opentelemetry/sdk-logs';
import Koa from 'koa';
import { recordRequests } from '../../exporter/src/koa.ts';
import { createRegister } from '../../exporter/src/register.ts';
import { keepOffServerCore, type PinnedProcess, startPinned } from './process.ts';

const VARIANTS = {
  bare: 'Koa alone',
  unwanted: 'with the middleware; OpenTelemetry wants no records',
  taken: 'with the middleware; a provider takes the records and does nothing with them',
  recorded: "with the middleware; OpenTelemetry's SDK makes the records",
  delivered: 'with the middleware; the records are delivered to a receiver that takes whatever comes',
} as const;
type Variant = keyof typeof VARIANTS;
const NAMES = Object.keys(VARIANTS) as Variant[];

/** Of the bare server's throughput. */
const MOST_LOSS = 0.05;
const CONNECTIONS = 32;

const UNWANTED = { getLogger: () => ({ enabled: () => false, emit() {} }) };
const TAKEN = { getLogger: () => ({ enabled: () => true, emit() {} }) };
const NOWHERE: LogRecordProcessor = { onEmit() {}, forceFlush: async () => {}, shutdown: async () => {} };

interface Round {
  readonly perSecond: number;
  /** Microseconds of the server's CPU time, all threads. */
  readonly cpuPerRequest: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '0.8' },
    serve: { type: 'string' },
    receiver: { type: 'string' },
  },
});

if (values.serve === undefined) await measure(Number(values.rounds), Number(values.seconds));
else serve(values.serve as Variant, values.receiver!);

function serve(variant: Variant, receiver: string): void {
  if (variant === 'unwanted') logs.setGlobalLoggerProvider(UNWANTED);
  if (variant === 'taken') logs.setGlobalLoggerProvider(TAKEN);
  if (variant === 'recorded') logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [NOWHERE] }));
  if (variant === 'delivered') createRegister(() => ({}))({ service: 'bench', url: receiver, maxQueueSize: 100_000 });
  const app = new Koa();
  if (variant !== 'bare') app.use(recordRequests());
  app.use((ctx) => {
    ctx.body = 'hello world';
  });
  const server = app.listen(0, '127.0.0.1', () => {
    console.log(`http  http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}

async function measure(rounds: number, seconds: number): Promise<void> {
  keepOffServerCore();
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const servers = new Map<Variant, PinnedProcess>();
  for (const variant of NAMES) {
    servers.set(variant, await startPinned([import.meta.filename, '--serve', variant, '--receiver', address]));
  }
  const results = new Map<Variant, Round[]>(NAMES.map((variant) => [variant, []]));
  for (let round = -2; round < rounds; round++) {
    // Each is as often the first as the last.
    const order = round % 2 === 0 ? NAMES : NAMES.toReversed();
    for (const variant of order) {
      const result = await load(servers.get(variant)!, seconds);
      if (round >= 0) results.get(variant)!.push(result);
    }
  }
  for (const server of servers.values()) await server.stop();
  receiver.close();
  receiver.closeAllConnections();
  report(results);
}

/** Asks over and over on all connections until the time is over, and counts the answers. */
async function load(server: PinnedProcess, seconds: number): Promise<Round> {
  const port = Number(new URL(server.address('http')).port);
  const end = performance.now() + seconds * 1_000;
  const started = performance.now();
  const cpuBefore = server.cpuSeconds();
  const counts = await Promise.all(Array.from({ length: CONNECTIONS }, () => askUntil(end, port)));
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const elapsed = performance.now() - started;
  await settled(server);
  return {
    perSecond: (requests / elapsed) * 1_000,
    cpuPerRequest: ((server.cpuSeconds() - cpuBefore) / requests) * 1e6,
  };
}

/** Records that wait for their delivery are a cost of this server, and shall not be in the way of the next. */
async function settled(server: PinnedProcess): Promise<void> {
  for (let before = -1; before !== server.cpuSeconds(); ) {
    before = server.cpuSeconds();
    await sleep(200);
  }
}

function askUntil(end: number, port: number): Promise<number> {
  const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let count = 0;
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (data: Buffer) => {
      if (!data.includes('hello world')) reject(new Error(`the server answered ${data.toString()}`));
      count++;
      if (performance.now() < end) socket.write(request);
      else socket.destroy();
    });
    socket.on('close', () => resolve(count));
  });
}

function report(results: ReadonlyMap<Variant, readonly Round[]>): void {
  const bare = results.get('bare')!;
  for (const [variant, rounds] of results) {
    const perSecond = median(rounds.map((round) => round.perSecond));
    const cpu = median(rounds.map((round) => round.cpuPerRequest));
    const ratio = median(rounds.map((round, index) => round.perSecond / bare[index]!.perSecond));
    const cpuRatio = median(rounds.map((round, index) => round.cpuPerRequest / bare[index]!.cpuPerRequest));
    console.log(
      `${perSecond.toFixed(0).padStart(7)} requests/s  ${cpu.toFixed(1).padStart(6)} µs CPU each  ` +
        `throughput × ${ratio.toFixed(3)}  CPU × ${cpuRatio.toFixed(3)}  ${VARIANTS[variant]}`,
    );
  }
  console.log(`goal: throughput × ${(1 - MOST_LOSS).toFixed(2)} or more of the bare server's`);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
