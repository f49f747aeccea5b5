import { loadConfig } from '../config/load.ts';
import { maskUrlSecrets, quoteValue } from '../config/quote.ts';
import { createDiagnostics } from '../diagnostics.ts';
import { storeSettings } from '../pipeline.ts';
import { systemClock } from '../record/clock.ts';
import { openStore } from '../store/open.ts';
import type { LogStore } from '../store/store.ts';
import { type CopyProgress, fileProgress, forgottenProgress } from '../transfer/copy-progress.ts';
import { type CopyRange, type CopyReport, copyStore, countRecords } from '../transfer/copy-store.ts';
import { openExistingStore } from '../transfer/open-source.ts';
import { type Command, textFlag, UsageError } from './command.ts';
import { countOf } from './count.ts';
import { STORAGE_OPTIONS, TIME_OPTIONS } from './options.ts';
import { ProgressBar } from './progress.ts';
import { recordRequest } from './record-request.ts';

export const copy: Command = {
  name: 'copy',
  about:
    'copy the records of a storage into another one, of any kind; no server may have a file: storage open meanwhile',
  positionals: '',
  options: [
    { name: 'into', value: 'URL', about: 'the storage that gets them; made where there is none' },
    { name: 'resume', value: 'FILE', about: 'keep how far it came in this file, and go on from there' },
    ...TIME_OPTIONS,
    ...STORAGE_OPTIONS,
  ],
  async run(invocation) {
    const into = textFlag(invocation, 'into');
    if (into === undefined) throw new UsageError('copy is without --into; allowed: a storage URL such as file:./copy');
    const { config } = await loadConfig(invocation.flags, process.env, process.cwd());
    if (config.storage === into) {
      throw new UsageError(
        `--into is ${quoteValue(maskUrlSecrets(into))}; allowed: another storage than the one copied`,
      );
    }
    const { from, to } = recordRequest(invocation, config).filter;
    const file = textFlag(invocation, 'resume');
    const progress =
      file === undefined ? forgottenProgress : await fileProgress(file, nameOf(config.storage, into, from, to));
    const source = await openExistingStore(config);
    try {
      const options = { ...storeSettings(config), now: systemClock, diagnostics: createDiagnostics() };
      const target = await openStore(into, options);
      try {
        await copyWithBar(source, target, { from, to }, progress);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
    return 0;
  },
};

/** What tells one copy from others, without secrets. */
function nameOf(storage: string | object, into: string, from: bigint | undefined, to: bigint | undefined): string {
  const source = typeof storage === 'string' ? maskUrlSecrets(storage) : `your own ${storage.constructor.name}`;
  return `${source} into ${maskUrlSecrets(into)}, ${from ?? 'the first'} to ${to ?? 'the last'}`;
}

async function copyWithBar(
  source: LogStore,
  target: LogStore,
  range: CopyRange,
  progress: CopyProgress,
): Promise<void> {
  const isWhole = range.from === undefined && range.to === undefined;
  const total = isWhole ? await countRecords(source) : 0;
  const report: CopyReport = { records: 0 };
  const bar = new ProgressBar(process.stderr, total, {
    get bytes() {
      return report.records;
    },
    get records() {
      return report.records;
    },
  });
  try {
    await copyStore(source, target, range, progress, report);
  } catch (error) {
    bar.clear();
    const rest =
      progress === forgottenProgress ? 'with --resume FILE it could go on' : 'the same command goes on from there';
    process.stderr.write(`logvitals: broken off after ${countOf(report.records, 'record')}; ${rest}\n`);
    throw error;
  } finally {
    bar.end();
  }
  process.stderr.write(`copied ${countOf(report.records, 'record')}\n`);
}
