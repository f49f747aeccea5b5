import { readFile, rename, writeFile } from 'node:fs/promises';
import { CommandError } from '../commands/command.ts';

/** How far a copy came. */
export interface CopyPosition {
  /** Where the source goes on; undefined at the beginning, and at the end. */
  readonly cursor: string | undefined;
  readonly records: number;
  readonly isDone: boolean;
}

export interface CopyProgress {
  readonly start: CopyPosition;
  save(position: CopyPosition): Promise<void>;
}

const BEGINNING: CopyPosition = { cursor: undefined, records: 0, isDone: false };

/** Kept nowhere: a copy that is broken off begins anew. */
export const forgottenProgress: CopyProgress = { start: BEGINNING, async save() {} };

/**
 * Kept in a file, whole at every moment. `what` tells copies apart: a file that belongs to another is refused, lest a
 * part be left out. Rejects with `CommandError`.
 */
export async function fileProgress(file: string, what: string): Promise<CopyProgress> {
  return {
    start: await readPosition(file, what),
    async save(position) {
      const text = `${JSON.stringify({ what, ...position, cursor: position.cursor ?? null })}\n`;
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    },
  };
}

async function readPosition(file: string, what: string): Promise<CopyPosition> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new CommandError(`--resume is ${JSON.stringify(file)}, which can't be read (${error.code})`);
  });
  if (text === null) return BEGINNING;
  const saved = parsePosition(text);
  if (!saved) throw new CommandError(`--resume is ${JSON.stringify(file)}, which is no file of an earlier copy`);
  if (saved.what !== what) {
    throw new CommandError(`--resume is ${JSON.stringify(file)}, which belongs to another copy: ${saved.what}`);
  }
  if (saved.isDone) throw new CommandError(`the copy of ${JSON.stringify(file)} is done; remove the file to copy anew`);
  return saved;
}

function parsePosition(text: string): (CopyPosition & { readonly what: string }) | null {
  try {
    const { what, cursor, records, isDone } = JSON.parse(text) as Record<string, unknown>;
    const isWhole = typeof what === 'string' && typeof records === 'number' && typeof isDone === 'boolean';
    if (!isWhole || (cursor !== null && typeof cursor !== 'string')) return null;
    return { what, cursor: cursor ?? undefined, records, isDone };
  } catch {
    return null;
  }
}
