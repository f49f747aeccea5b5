import { describe, expect, test } from 'vitest';
import { IMPORT_RULES, type ImportRule } from './rules.ts';
import { type ImportOf, readSources, type SourceFile } from './sources.ts';

const product = readSources(['receiver', 'dashboard', 'exporter']);
const everything = [...product, ...readSources(['test', 'scripts', 'examples'].filter(exists))];

/** Lines after which a file wants splitting. */
const LONGEST_MODULE = 300;
const LONGEST_TEST = 700;

describe('the architecture', () => {
  test('every module belongs to a room and imports only what the room may', () => {
    expect(product.flatMap(violationsOf)).toEqual([]);
  });

  test('there are no cycles', () => {
    expect(findCycle(product)).toBe(null);
  });

  test('nothing outside a driver folder imports its database', () => {
    const drivers = ['node:sqlite', 'pg', 'pg-copy-streams', 'mongodb', 'kysely'];
    const elsewhere = product
      // Other packages' databases are read by the import alone.
      .filter((file) => !/^receiver\/(store\/[a-z]+|transfer\/legacy)\//.test(file.path))
      .flatMap((file) =>
        file.imports.filter((i) => drivers.includes(i.target)).map((i) => `${file.path} → ${i.target}`),
      );
    expect(elsewhere).toEqual([]);
  });

  test('modules stay short enough to be read in a sitting', () => {
    const tooLong = everything
      .filter((file) => file.lines > (file.path.startsWith('test/') ? LONGEST_TEST : LONGEST_MODULE))
      .map((file) => `${file.path}: ${file.lines} lines`);
    expect(tooLong).toEqual([]);
  });

  /** A type that its own module's other types are made of has its reader there. */
  test('every export has a reader', () => {
    const entries =
      /^(receiver\/(index|cli)\.ts|exporter\/)|\.test\.tsx?$|^test\/.*\.config\.ts$|^test\/helpers\/servers\/shared\.ts$|^scripts\//;
    const taken = new Set(
      everything.flatMap((file) =>
        file.imports.filter((i) => i.own).flatMap((i) => i.names.map((name) => `${i.target}#${name}`)),
      ),
    );
    const unused = everything
      .filter((file) => !entries.test(file.path))
      .flatMap((file) =>
        file.exports
          .filter(({ name }) => !taken.has(`${file.path}#${name}`) && !taken.has(`${file.path}#*`))
          .filter(({ name, isType }) => !isType || occurrences(file.text, name) < 2)
          .map(({ name }) => `${file.path}: ${name}`),
      );
    expect(unused).toEqual([]);
  });
});

function violationsOf(file: SourceFile): string[] {
  const rule = IMPORT_RULES.find((candidate) => candidate.of.test(file.path));
  if (!rule) return [`${file.path} belongs to no room of test/architecture/rules.ts`];
  return file.imports
    .filter((imported) => !isAllowed(rule, file, imported))
    .map((imported) => `${file.path} may not import ${imported.target}: ${rule.because}`);
}

function isAllowed(rule: ImportRule, file: SourceFile, imported: ImportOf): boolean {
  if (!imported.own) {
    if (imported.target.startsWith('node:')) return !file.path.startsWith('dashboard/client/');
    return (rule.packages ?? []).some((pattern) => pattern.test(imported.target));
  }
  if (rule.of.test(imported.target)) return true;
  return rule.may.some((allowed) =>
    allowed instanceof RegExp
      ? allowed.test(imported.target)
      : imported.typeOnly && allowed.types.test(imported.target),
  );
}

/** The first import cycle found, as a path of modules; types do not count, since they vanish. */
function findCycle(files: readonly SourceFile[]): string[] | null {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter((i) => i.own && !i.typeOnly && !i.dynamic).map((i) => i.target),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return null;
}

function exists(folder: string): boolean {
  try {
    readSources([folder]);
    return true;
  } catch {
    return false;
  }
}

function occurrences(text: string, name: string): number {
  return text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
}
