import { loadConfig } from '../config/load.ts';
import { openSource } from '../transfer/open-source.ts';
import { type Command, choiceFlag } from './command.ts';
import { PLACE_OPTIONS } from './options.ts';
import { Output } from './output.ts';
import { recordRequest } from './record-request.ts';
import { contentOf, linePrinter } from './search.ts';

export const tail: Command = {
  name: 'tail',
  about: 'follow new records that match a query, until interrupted',
  positionals: '[QUERY]',
  options: [{ name: 'format', value: 'FORMAT', about: 'pretty (the default) or ndjson' }, ...PLACE_OPTIONS],
  async run(invocation) {
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    const format = choiceFlag(invocation, 'format', ['pretty', 'ndjson']);
    const lineOf = linePrinter(format, config);
    const request = recordRequest(invocation, config);
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
    const source = await openSource(invocation, config);
    const output = new Output(process.stdout, contentOf(format));
    try {
      for await (const record of source.follow(request, stop.signal)) await output.write(lineOf(record));
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      await source.close();
    }
    return 0;
  },
};
