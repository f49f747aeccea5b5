/**
 * A receiver whose storage keeps nothing: what is left is the main thread's own work for a record, from the socket to
 * the thresholds. For `main-thread.ts`.
 */
import { configFrom } from '../../receiver/config/load.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { startHttpReceiver } from '../../receiver/otlp/http.ts';
import { openPipeline } from '../../receiver/pipeline.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { Shutdown } from '../../receiver/shutdown.ts';
import type { AlertState } from '../../receiver/store/alert.ts';
import type { Batch, LogStore } from '../../receiver/store/store.ts';

const nobody = () => Promise.reject(new Error('this storage keeps nothing'));
const states = new Map<string, AlertState>();
const stateOf = (key: string): AlertState => states.get(key) ?? { key, version: 0, state: '' };

const storage: LogStore = {
  async append(batches: readonly Batch[]) {
    let made = 0;
    return batches.map(({ records }) => {
      const id = String(++made);
      return { duplicate: false, stored: records.length, idOf: () => id };
    });
  },
  async alertStates(keys) {
    return keys.map(stateOf);
  },
  async commitAlerts(steps) {
    for (const { key, version, state } of steps) states.set(key, { key, version: version + 1, state });
    return steps.map(() => true);
  },
  search: nobody,
  cards: nobody,
  get: nobody,
  context: nobody,
  histogram: nobody,
  facets: nobody,
  group: nobody,
  trace: nobody,
  loggers: nobody,
  prune: nobody,
  alerts: nobody,
  async ping() {},
  async close() {},
};

const config = configFrom({ storage: storage as never });
const diagnostics = createDiagnostics();
const now = systemClock;
const { handler } = await openPipeline(config, { now, diagnostics }, new Shutdown());
const http = await startHttpReceiver({
  handler,
  host: '127.0.0.1',
  port: 0,
  tls: null,
  authorize: () => 'granted',
  diagnostics,
  logsPath: config.logsPath,
  cors: config.cors,
});
console.log(`http  ${http.address}`);
process.on('SIGTERM', () => process.exit(0));
