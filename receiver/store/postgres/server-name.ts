import { StoreError } from '../errors.ts';

/**
 * How messages call the server of a storage URL: `PostgreSQL at HOST:PORT, database NAME`, never more (P34). A
 * StoreError for what is no URL.
 */
export function serverName(url: string): string {
  // As pg reads it: the host may be absent behind a user, where a parameter names a socket's folder.
  const parsed = URL.parse(url.replace('@/', '@localhost/'));
  if (parsed === null) {
    throw new StoreError(
      'the storage URL postgres:… cannot be understood; write postgres://USER:PASSWORD@HOST:5432/DATABASE, with %-escapes for special characters of user and password',
    );
  }
  const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost');
  const database = decoded(parsed.pathname.slice(1));
  return `PostgreSQL at ${host}:${parsed.port || '5432'}${database === '' ? '' : `, database ${database}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
