/**
 * A process of its own with a writer in a folder, for crash tests: `node write-child.ts DIRECTORY SCENARIO STEP COUNT`.
 * Goes through the scenario and says each append that was acknowledged, until STEP comes for the COUNT-th time: there it
 * kills itself, as `kill -9` would. With STEP `-` it says each step and reaches the end.
 */

import { scenarios } from './write-scenarios.ts';
import { openWriter } from './writer-folder.ts';

const [directory = '', scenario = '', deadlyStep = '', count = '1'] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

let left = Number(count);
const clock = { now: 0 };
const writer = openWriter({
  directory,
  now: () => clock.now,
  onStep(step) {
    if (deadlyStep === '-') say(`step ${step}`);
    if (step === deadlyStep && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
scenarios[scenario]!(writer, clock, (batch) => say(`acknowledged ${batch}`));
writer.close();
