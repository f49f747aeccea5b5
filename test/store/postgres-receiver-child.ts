/**
 * A receiver in a process of its own, for tests that kill it: `node postgres-receiver-child.ts URL SCHEMA TASK …`.
 *
 * - `append FIRST`: appends numbered batches from FIRST on, several at a time, and says each number once acknowledged.
 * - `evaluate STAGE`: appends `alertingBatch`, evaluates it, and kills itself `before` the alert is saved or `after`.
 */
import { createAlertRunner } from '../../receiver/alerts/runner.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { NOON } from '../helpers/records.ts';
import { ALERT_SETTINGS, alertingBatch } from './alerting-batch.ts';
import { crashBatch } from './crash-batches.ts';
import { openPostgres } from './postgres-opened.ts';

const [url = '', schema = '', task = '', parameter = ''] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);
const die = () => process.kill(process.pid, 'SIGKILL');

const store = await openPostgres(url, { schema });
if (task === 'append') await appendWithoutEnd(store, Number(parameter));
else await evaluate(store, parameter);

async function appendWithoutEnd(into: LogStore, first: number): Promise<void> {
  let next = first;
  const appendOn = async () => {
    for (;;) {
      const number = next++;
      await into.append([crashBatch(number)]);
      say(String(number));
    }
  };
  await Promise.all([appendOn(), appendOn(), appendOn()]);
}

async function evaluate(into: LogStore, stage: string): Promise<void> {
  const runner = createAlertRunner({
    store: {
      alertStates: (keys) => into.alertStates(keys),
      search: (request) => into.search(request),
      async commitAlerts(steps) {
        if (stage === 'before') die();
        const saved = await into.commitAlerts(steps);
        if (stage === 'after') die();
        return saved;
      },
    },
    settings: ALERT_SETTINGS,
    now: () => NOON,
    diagnostics: createDiagnostics(() => {}),
  });
  await runner.evaluate([alertingBatch], await into.append([alertingBatch]));
}
