/** The project's own modules as text, with their imports and exports: enough for rules about structure, without a compiler. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

export interface SourceFile {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly ImportOf[];
  /** Names exported by declaration. */
  readonly exports: readonly { readonly name: string; readonly isType: boolean }[];
  readonly text: string;
}

export interface ImportOf {
  /** Root-relative path of one of our modules, or a package's or builtin's specifier. */
  readonly target: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  /** Imported names; `*` for a namespace or a dynamic import. */
  readonly names: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');

const STATIC = /^\s*(import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
const DECLARED =
  /^export\s+(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?(?:async\s+)?(const|let|function\*?|class|interface|type)\s+([A-Za-z_$][\w$]*)/gm;

export function readSources(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
      .map(readSource),
  );
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  const imports: ImportOf[] = [];
  for (const [, keyword, type, clause, specifier] of code.matchAll(STATIC)) {
    if (keyword === 'export' && clause === undefined) continue;
    imports.push({
      ...resolve(path, specifier!),
      typeOnly: type !== undefined,
      dynamic: false,
      names: namesOf(clause ?? ''),
    });
  }
  for (const [, specifier] of code.matchAll(DYNAMIC))
    imports.push({ ...resolve(path, specifier!), typeOnly: false, dynamic: true, names: ['*'] });
  return {
    path,
    text,
    lines: text.split('\n').length - 1,
    imports,
    exports: [...code.matchAll(DECLARED)].map(([, kind, name]) => ({
      name: name!,
      isType: kind === 'interface' || kind === 'type',
    })),
  };
}

function resolve(from: string, specifier: string): { target: string; own: boolean } {
  if (!specifier.startsWith('.')) return { target: specifier, own: false };
  return { target: normalize(join(dirname(from), specifier)).replaceAll('\\', '/'), own: true };
}

/** Names an import clause takes from its module: `a, { b as c, type d }` takes default, b and d. */
function namesOf(clause: string): string[] {
  const braces = /\{([^}]*)\}/.exec(clause);
  const named = (braces?.[1] ?? '')
    .split(',')
    .map(
      (part) =>
        part
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)[0]!,
    )
    .filter(Boolean);
  const rest = clause
    .replace(/\{[^}]*\}/, '')
    .replaceAll(',', ' ')
    .trim();
  if (rest.includes('*')) return ['*'];
  return rest ? [...named, 'default'] : named;
}
