import { loadConfig } from '../config/load.ts';
import { maskUrlSecrets } from '../config/quote.ts';
import { directoryOf } from '../store/open.ts';
import { type Command, CommandError, choiceFlag } from './command.ts';
import { inspectionText } from './inspection-text.ts';
import { STORAGE_OPTIONS } from './options.ts';
import { Output } from './output.ts';
import { recordRequest } from './record-request.ts';

const FORMATS = ['pretty', 'json'] as const;

export const inspect: Command = {
  name: 'inspect',
  about: 'say what is in a storage folder: days, blocks, bytes by column, how well the filters rule blocks out',
  positionals: '[QUERY]',
  options: [{ name: 'format', value: 'FORMAT', about: 'pretty (the default) or json' }, ...STORAGE_OPTIONS],
  async run(invocation) {
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    const format = choiceFlag(invocation, 'format', FORMATS);
    const { text, filter } = recordRequest(invocation, config);
    const folder = folderOf(config.storage);
    const { inspectFolder } = await import('../store/embedded/inspect/inspect-folder.ts');
    const inspection = inspectFolder(folder, text === '' ? null : { text, query: filter.query });
    const output = new Output(process.stdout, format === 'pretty' ? 'text' : 'data');
    await output.write(format === 'pretty' ? inspectionText(inspection) : `${JSON.stringify(inspection, null, 2)}\n`);
    return 0;
  },
};

function folderOf(storage: string | object): string {
  if (typeof storage === 'string' && /^file:/i.test(storage)) return directoryOf(storage);
  const name = typeof storage === 'string' ? maskUrlSecrets(storage) : `your own ${storage.constructor.name}`;
  throw new CommandError(
    `inspect looks into folders of the embedded storage, and the storage is ${name}; name a folder with --storage file:./logvitals-data`,
  );
}
