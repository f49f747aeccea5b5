import { EXPORT_FORMATS } from '../../dashboard/api/export-formats.ts';
import type { RecordJson } from '../../dashboard/api/record-json.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { openSource } from '../transfer/open-source.ts';
import { reviveRecord } from '../transfer/revive-record.ts';
import { type Command, choiceFlag, numberFlag } from './command.ts';
import { PLACE_OPTIONS, TIME_OPTIONS } from './options.ts';
import { Output } from './output.ts';
import { createPrettyPrinter, wantsColor } from './pretty.ts';
import { recordRequest, zoneOf } from './record-request.ts';

const FORMATS = ['pretty', 'ndjson', 'csv'] as const;

export const search: Command = {
  name: 'search',
  about: 'print the newest records that match a query',
  positionals: '[QUERY]',
  options: [
    ...TIME_OPTIONS,
    { name: 'limit', value: 'N', about: 'at most so many records, up to 100000; default 50' },
    { name: 'format', value: 'FORMAT', about: 'pretty (the default), ndjson or csv' },
    ...PLACE_OPTIONS,
  ],
  async run(invocation) {
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    const format = choiceFlag(invocation, 'format', FORMATS);
    const limit = numberFlag(invocation, 'limit', 1, 100_000, 50);
    const request = recordRequest(invocation, config);
    const source = await openSource(invocation, config);
    const output = new Output(process.stdout, contentOf(format));
    try {
      if (format === 'csv') await output.write(EXPORT_FORMATS.csv.header);
      const lineOf = linePrinter(format, config);
      for await (const record of source.search(request, limit)) await output.write(lineOf(record));
    } finally {
      await source.close();
    }
    return 0;
  },
};

/** The pretty format makes itself safe to print, and has colours of its own. */
export const contentOf = (format: (typeof FORMATS)[number]): 'text' | 'data' => (format === 'pretty' ? 'text' : 'data');

/** How a format writes a record, its line end with it. */
export function linePrinter(format: (typeof FORMATS)[number], config: Config): (record: RecordJson) => string {
  if (format === 'ndjson') return (record) => `${JSON.stringify(record)}\n`;
  if (format === 'csv') return (record) => EXPORT_FORMATS.csv.line(reviveRecord(record));
  return createPrettyPrinter({
    colored: wantsColor(process.stdout.isTTY === true, process.env),
    timeZone: zoneOf(config),
    previewLength: config.messagePreviewLength,
  });
}
