import { StoreError } from '../errors.ts';

/** The parts of a storage URL that say where things are; several hosts are allowed, so `URL` does not read it. */
const MONGODB_URL = /^mongodb(?:\+srv)?:\/\/(?:[^/@]*@)?([^/?@]+)(?:\/([^?]*))?(?:\?.*)?$/i;

/** What MongoDB lets no database be called, on any system. */
const NO_DATABASE_NAME = /[/\\. "$\0]/;

/** The database of a storage URL that names none. */
const DEFAULT_DATABASE = 'logvitals';

export interface ServerName {
  /** For messages, without user and password (P34): `MongoDB at HOST:PORT, database NAME`. */
  readonly server: string;
  readonly database: string;
}

/** What a storage URL says of the server. A StoreError for what is no MongoDB URL. */
export function serverName(url: string): ServerName {
  const [, hosts, path = ''] = MONGODB_URL.exec(url) ?? [];
  if (hosts === undefined) {
    throw new StoreError(
      'the storage URL mongodb:… cannot be understood; write mongodb://USER:PASSWORD@HOST:27017/DATABASE, with %-escapes for special characters of user and password',
    );
  }
  const database = path === '' ? DEFAULT_DATABASE : decoded(path);
  if (NO_DATABASE_NAME.test(database)) {
    throw new StoreError(
      `MongoDB at ${hosts}: no database can be called ${JSON.stringify(database)}; names are without / \\ . " $ and blanks`,
    );
  }
  return { server: `MongoDB at ${hosts}, database ${database}`, database };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
