import { loadConfig } from '../config/load.ts';
import { openSource } from '../transfer/open-source.ts';
import { type Command, choiceFlag } from './command.ts';
import { PLACE_OPTIONS, TIME_OPTIONS } from './options.ts';
import { Output } from './output.ts';
import { recordRequest } from './record-request.ts';

const FORMATS = ['ndjson', 'csv', 'otlp'] as const;

export const exportRecords: Command = {
  name: 'export',
  about: 'write all records that match a query to standard output',
  positionals: '[QUERY]',
  options: [
    ...TIME_OPTIONS,
    { name: 'format', value: 'FORMAT', about: 'ndjson (the default), csv, or otlp, which import reads back' },
    ...PLACE_OPTIONS,
  ],
  async run(invocation) {
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    const format = choiceFlag(invocation, 'format', FORMATS);
    const request = recordRequest(invocation, config);
    const source = await openSource(invocation, config);
    const output = new Output(process.stdout, 'data');
    try {
      for await (const chunk of source.export(request, format)) await output.write(chunk);
    } finally {
      await source.close();
    }
    return 0;
  },
};
