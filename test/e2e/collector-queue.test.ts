/** A Collector with a queue on disk in front of a server that is killed: what its log files hold arrives, each line once. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { searchAll } from '../helpers/api-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/ports.ts';
import { findProgram, runProgram } from '../helpers/programs.ts';
import { startServer } from '../helpers/server.ts';

const collector = findProgram('otelcol');
const LINES_PER_ROUND = 300;

const lines = (round: number): string[] =>
  Array.from({ length: LINES_PER_ROUND }, (_, index) => `round ${round} line ${index} <b>é</b>`);

function configFor(folder: string, httpPort: number, grpcPort: number): string {
  const retries =
    'retry_on_failure: { initial_interval: 100ms, max_interval: 500ms }, sending_queue: { storage: file_storage }';
  return `
receivers:
  file_log/http: { include: [${folder}/http.log], start_at: beginning, poll_interval: 50ms }
  file_log/grpc: { include: [${folder}/grpc.log], start_at: beginning, poll_interval: 50ms }
processors: { batch: { timeout: 50ms, send_batch_size: 50 } }
extensions: { file_storage: { directory: ${folder}/queue, create_directory: true } }
exporters:
  otlp_http: { endpoint: "http://127.0.0.1:${httpPort}", compression: zstd, ${retries} }
  otlp_grpc: { endpoint: "127.0.0.1:${grpcPort}", tls: { insecure: true }, ${retries} }
service:
  telemetry: { metrics: { level: none } }
  extensions: [file_storage]
  pipelines:
    logs/http: { receivers: [file_log/http], processors: [batch], exporters: [otlp_http] }
    logs/grpc: { receivers: [file_log/grpc], processors: [batch], exporters: [otlp_grpc] }
`;
}

test.skipIf(!collector)(
  'P9 O30 O41 lines read while the server is killed and restarted arrive over HTTP and gRPC, each once',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logvitals-collector-queue-'));
    const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
    const ports = ['--http-port', String(httpPort), '--grpc-port', String(grpcPort)];
    const start = () => startServer({ directory: join(folder, 'data'), arguments: ports });
    writeFileSync(join(folder, 'collector.yaml'), configFor(folder, httpPort, grpcPort));
    let server = await start();
    const program = runProgram(collector!, ['--config', 'collector.yaml'], folder);
    try {
      const written: string[] = [];
      for (let round = 0; round < 3; round++) {
        for (const file of ['http.log', 'grpc.log']) appendFileSync(join(folder, file), `${lines(round).join('\n')}\n`);
        written.push(...lines(round));
        await eventually(async () => {
          const [some] = await searchAll(server.dashboard, `"round ${round} line"`);
          expect(some, program.output()).toBeDefined();
        });
        await server.kill();
        server = await start();
      }
      for (const file of ['http.log', 'grpc.log']) {
        await eventually(async () => {
          const records = await searchAll(server.dashboard, `log.file.name:${file}`);
          expect(records.map(({ body }) => body).sort(), program.output().slice(-2000)).toEqual([...written].sort());
          for (const { timestamp, observedTimestamp } of records) expect(timestamp).toBe(observedTimestamp);
        }, 60);
      }
    } finally {
      await program.stop();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
