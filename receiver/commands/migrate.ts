import { loadConfig } from '../config/load.ts';
import { createDiagnostics } from '../diagnostics.ts';
import { storeSettings } from '../pipeline.ts';
import { systemClock } from '../record/clock.ts';
import { openMigratable } from '../store/open.ts';
import type { Command } from './command.ts';
import { STORAGE_OPTIONS } from './options.ts';

export const migrate: Command = {
  name: 'migrate',
  about: 'bring a database to the shape this version wants',
  positionals: '',
  options: [{ name: 'dry-run', about: 'only say what would be done' }, ...STORAGE_OPTIONS],
  async run({ flags }) {
    const { config } = await loadConfig(flags, process.env, process.cwd());
    const options = { ...storeSettings(config), now: systemClock, diagnostics: createDiagnostics() };
    const storage = await openMigratable(config.storage, options);
    if (storage === null) {
      print('nothing to migrate: this storage needs no migrations');
      return 0;
    }
    try {
      const isDryRun = flags['dry-run'] === true;
      const steps = await (isDryRun ? storage.pending() : storage.migrate());
      for (const { number, name } of steps) print(`${isDryRun ? 'would take' : 'took'} step ${number}: ${name}`);
      if (steps.length === 0) print('nothing to migrate: the database has the shape this version wants');
      return 0;
    } finally {
      await storage.close();
    }
  },
};

const print = (line: string) => process.stdout.write(`${line}\n`);
