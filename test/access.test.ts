import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAuthorize } from '../receiver/access.ts';

const token = (name: string, secret: string, scopes: readonly ('ingest' | 'read')[]) => ({
  name,
  sha256: createHash('sha256').update(secret).digest('hex'),
  scopes,
});

describe('createAuthorize', () => {
  const tokens = [token('app', 'app-secret', ['ingest']), token('people', 'people-secret', ['read'])];
  const read = createAuthorize(tokens, 'read');

  test('O23 a missing, malformed or unknown token is unauthenticated', () => {
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer wrong',
      'Digest people-secret',
      'Basic !!!',
      'people-secret',
    ])
      expect(read(header), String(header)).toBe('unauthenticated');
  });

  test('O23 a known token without the scope is forbidden', () => {
    expect(read('Bearer app-secret')).toBe('forbidden');
    expect(createAuthorize(tokens, 'ingest')('Bearer people-secret')).toBe('forbidden');
  });

  test('a token with the scope is granted, as bearer in any case or as a browser password', () => {
    expect(read('Bearer people-secret')).toBe('granted');
    expect(read('bearer people-secret')).toBe('granted');
    expect(read(`Basic ${Buffer.from('anyone:people-secret').toString('base64')}`)).toBe('granted');
  });

  test('without tokens everybody is granted', () => {
    expect(createAuthorize([], 'ingest')(undefined)).toBe('granted');
  });
});
