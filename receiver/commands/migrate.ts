import { loadConfig } from '../config/load.ts';
import { type Command, CommandError } from './command.ts';
import { STORAGE_OPTIONS } from './options.ts';

export const migrate: Command = {
  name: 'migrate',
  about: 'bring a database to the shape this version wants',
  positionals: '',
  options: [{ name: 'dry-run', about: 'only say what would be done' }, ...STORAGE_OPTIONS],
  async run({ flags }) {
    const { config } = await loadConfig(flags, process.env, process.cwd());
    if (typeof config.storage !== 'string' || !config.storage.startsWith('file:')) {
      throw new CommandError('this version migrates no storage but the embedded one, which needs it never');
    }
    process.stdout.write('nothing to migrate: the embedded storage has the shape this version wants\n');
    return 0;
  },
};
