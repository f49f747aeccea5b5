import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** A page of the documentation; `path` from the repository's root. */
export const readPage = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A page's fenced blocks of one language, each named by the heading it stands under. */
export function codeBlocks(page: string, language: string): { heading: string; code: string }[] {
  let heading = page;
  const blocks: { heading: string; code: string }[] = [];
  const parts = readPage(page).matchAll(/^#+ (.+)$|^( *)```(\w*)\n([\s\S]*?)^ *```$/gm);
  for (const [, title, indent = '', name, code = ''] of parts) {
    if (title !== undefined) heading = title;
    else if (name === language) blocks.push({ heading, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') });
  }
  return blocks;
}
