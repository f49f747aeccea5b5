import { loadConfig } from '../config/load.ts';
import { openSource } from '../transfer/open-source.ts';
import { type Command, numberFlag } from './command.ts';
import { countOf } from './count.ts';
import { PLACE_OPTIONS } from './options.ts';

export const prune: Command = {
  name: 'prune',
  about: 'remove records that are older than the retention',
  positionals: '',
  options: [
    { name: 'days', value: 'N', about: 'keep so many days; default: retention.days of the configuration, 90' },
    { name: 'batch-size', value: 'N', about: 'remove so many records in one transaction; default 5000' },
    { name: 'dry-run', about: 'only say how many would be removed' },
    ...PLACE_OPTIONS,
  ],
  async run(invocation) {
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    const days = numberFlag(invocation, 'days', 0, 36_500, config.retention.days);
    const batchSize = numberFlag(invocation, 'batch-size', 1, 1_000_000, config.retention.batchSize);
    const dryRun = invocation.flags['dry-run'] === true;
    const source = await openSource(invocation, config);
    try {
      const removed = await source.prune({ days, batchSize, dryRun });
      const done = dryRun ? 'would remove' : 'removed';
      process.stdout.write(`${done} ${countOf(removed, 'record')} older than ${countOf(days, 'day')}\n`);
    } finally {
      await source.close();
    }
    return 0;
  },
};
