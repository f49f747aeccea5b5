/**
 * A process of its own on a MongoDB store, for tests: `node mongodb-child.ts URL TASK MOMENT N`. Opens the store, says
 * `open`, takes the task `append`, `prune` or `alert`, and says `done`; but at its Nth command from then on it kills
 * itself, at the MOMENT `started` or `succeeded`; or, at the MOMENT `frozen`, says so, stops itself when the command has
 * started, and kills itself at the first one that succeeds when it goes on.
 */
import { writeSync } from 'node:fs';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { openMongodbStore } from '../../receiver/store/mongodb/mongodb-store.ts';
import { watchCommands } from './mongodb-commands.ts';
import { CRASH_TASKS, type CrashTask } from './mongodb-crash-tasks.ts';

const [url = '', task, moment, number] = process.argv.slice(2);
const say = (text: string) => writeSync(1, `${text}\n`);
const kill = () => process.kill(process.pid, 'SIGKILL');

let left = Number.POSITIVE_INFINITY;
let wasFrozen = false;
const countDown = () => {
  left -= 1;
  if (left !== 0) return;
  if (moment !== 'frozen') kill();
  say('frozen');
  wasFrozen = true;
  process.kill(process.pid, 'SIGSTOP');
};
using _watching = watchCommands(
  moment === 'succeeded'
    ? { onSucceeded: countDown }
    : { onStarted: countDown, onSucceeded: () => wasFrozen && kill() },
);
const store = await openMongodbStore({ url, now: systemClock, diagnostics: createDiagnostics() });
say('open');
left = Number(number);
await CRASH_TASKS[task as CrashTask](store);
await store.close();
say('done');
