import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAuthorize } from '../receiver/access.ts';
import type { TokenScope } from '../receiver/config/config.ts';

const token = (name: string, secret: string, scopes: readonly TokenScope[]) => ({
  name,
  sha256: createHash('sha256').update(secret).digest('hex'),
  scopes,
});

describe('createAuthorize', () => {
  const tokens = [token('app', 'app-secret', ['ingest']), token('people', 'people-secret', ['read'])];
  const authorize = createAuthorize(tokens);
  const read = (header: string | undefined) => authorize(header, 'read');

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
    expect(authorize('Bearer people-secret', 'ingest')).toBe('forbidden');
  });

  test('a token with the scope is granted, as bearer in any case or as a browser password', () => {
    expect(read('Bearer people-secret')).toBe('granted');
    expect(read('bearer people-secret')).toBe('granted');
    expect(read(`Basic ${Buffer.from('anyone:people-secret').toString('base64')}`)).toBe('granted');
  });

  test('without tokens everybody is granted', () => {
    expect(createAuthorize([])(undefined, 'ingest')).toBe('granted');
  });
});
