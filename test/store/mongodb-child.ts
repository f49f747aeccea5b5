/**
 * A process of its own on a MongoDB store, for tests: `node mongodb-child.ts URL TASK MOMENT N`. Opens the store, says
 * `open`, takes the task `append`, `prune` or `alert`, and says `done`; but kills itself at its Nth command from then on, at the
 * MOMENT `started` or `succeeded`.
 */
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { openMongodbStore } from '../../receiver/store/mongodb/mongodb-store.ts';
import { watchCommands } from './mongodb-commands.ts';
import { CRASH_TASKS, type CrashTask } from './mongodb-crash-tasks.ts';

const [url = '', task, moment, number] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

let left = Number.POSITIVE_INFINITY;
const countDown = () => {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};
using _watching = watchCommands(moment === 'started' ? { onStarted: countDown } : { onSucceeded: countDown });
const store = await openMongodbStore({ url, now: systemClock, diagnostics: createDiagnostics() });
say('open');
left = Number(number);
await CRASH_TASKS[task as CrashTask](store);
await store.close();
say('done');
