import { expect, test } from 'vitest';
import {
  createRedactor,
  SECRET_HEADERS as EXPORTER_HEADERS,
  SECRET_PARTS as EXPORTER_PARTS,
  SECRET_WORDS as EXPORTER_WORDS,
} from '../../exporter/src/emit/redact.ts';
import {
  isSecretName,
  SECRET_HEADERS as LEGACY_HEADERS,
  SECRET_PARTS as LEGACY_PARTS,
  SECRET_WORDS as LEGACY_WORDS,
} from '../../receiver/transfer/legacy/redact.ts';

test('P54 the exporter and the import of other packages’ records know secrets by the same names', () => {
  expect(LEGACY_HEADERS).toEqual(EXPORTER_HEADERS);
  expect(LEGACY_PARTS).toEqual(EXPORTER_PARTS);
  expect(LEGACY_WORDS).toEqual(EXPORTER_WORDS);
});

test('P54 the import hides whatever the exporter hides, in fields and headers', () => {
  const { isSecret, header } = createRedactor();
  const hides = (name: string) => isSecret(name) || header(name, 'shown') !== 'shown';
  const roots = [...EXPORTER_HEADERS, ...EXPORTER_PARTS, ...EXPORTER_WORDS, 'auth', 'name', 'method', 'key', 'id'];
  const names = roots.flatMap((root) => {
    const capital = root[0]!.toUpperCase() + root.slice(1);
    return [root, root.toUpperCase(), `user_${root}`, `user-${root}`, `user${capital}`, `${root}Value`, `a[${root}]`];
  });
  expect(names.filter((name) => hides(name) && !isSecretName(name))).toEqual([]);
  const harmless = [
    'name',
    'author',
    'signal',
    'primary_key',
    'spinning',
    'max_authors',
    'className',
    'compass',
    'auth_method',
    '',
  ];
  expect(harmless.filter((name) => hides(name) || isSecretName(name))).toEqual([]);
});
