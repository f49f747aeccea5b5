import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedVersions } from '../../receiver/store/embedded/shared-versions.ts';
import { Writer, type WriterOptions } from '../../receiver/store/embedded/write/writer.ts';
import { NOON } from '../helpers/records.ts';

/** Blocks so small that tests make many. */
export const SMALL_BLOCKS = { rows: 64, bytes: 1024 * 1024 };

/** The present moment of these tests, in milliseconds. */
export const NOW = Number(NOON / 1_000_000n);

/** How long a day has to be quiet here to be sealed. */
export const QUIET = 60_000;

/** A temporary folder with a writer in it, in this thread and with a clock of its own. */
export async function writerFolder(defaults: Partial<WriterOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'logvitals-writer-'));
  const open = new Set<Writer>();
  const said: string[] = [];
  const clock = { now: NOW };
  return {
    directory,
    said,
    clock,
    open(options: Partial<WriterOptions> = {}): Writer {
      const writer = openWriter({
        directory,
        now: () => clock.now,
        report: (message) => said.push(message),
        ...defaults,
        ...options,
      });
      open.add(writer);
      return writer;
    },
    close(writer: Writer): void {
      open.delete(writer);
      writer.close();
    },
    closeAll(): void {
      for (const writer of open) writer.close();
      open.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const writer of open) writer.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function openWriter(options: Pick<WriterOptions, 'directory'> & Partial<WriterOptions>): Writer {
  return new Writer({
    versions: new SharedVersions(),
    durability: 'normal',
    maxBytes: null,
    limits: SMALL_BLOCKS,
    sealAfter: QUIET,
    now: () => NOW,
    report: () => {},
    onTooLarge: () => {},
    ...options,
  });
}
