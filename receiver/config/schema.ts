import { z } from 'zod';
import { TOKEN_SCOPES } from './config.ts';
import { allowing, list, meaning, object, oneOf, setting, text, trueOrFalse, wholeNumber } from './setting.ts';
import {
  duration,
  host,
  hostName,
  httpPath,
  listener,
  origin,
  sha256,
  size,
  slotLength,
  sqlName,
  storage,
  timeZone,
  token,
} from './values.ts';

const port = () => wholeNumber(0, 65535, 'a port number (0 picks a free one)');

/** The alerts keep as many timestamps per logger and level, so the number is bounded. */
const threshold = () => {
  const allowed = 'a whole number, 1 to 10000, or null for no alert';
  return allowing(
    allowed,
    z.int({ error: allowed }).min(1, { error: allowed }).max(10_000, { error: allowed }).nullable(),
  );
};

const rangeName = z
  .string()
  .regex(/^(?=.*[A-Za-z])[A-Za-z0-9-]{1,20}$/, { error: 'a range name of letters, digits and hyphens, such as "7d"' });

const range = object({
  label: setting(
    'What its tab says. Empty: the name.',
    allowing('a text of at most 40 characters', z.string().max(40)),
    '',
  ),
  slots: meaning('How many slots the strip has.', wholeNumber(1, 366)),
  slot: meaning('How long one is.', slotLength()),
  timeFormat: setting(
    "How a slot's time is written. null: `time` for slots shorter than a day, else `date`.",
    oneOf('time', 'date', 'datetime').nullable(),
    null,
  ),
});

const loggerPattern = z.string().regex(/^.{1,400}$/s, { error: 'a logger pattern such as "payments.*"' });

const levelOverrides = object({
  TRACE: meaning('TRACE for these loggers.', threshold().optional()),
  DEBUG: meaning('DEBUG for these loggers.', threshold().optional()),
  INFO: meaning('INFO for these loggers.', threshold().optional()),
  WARN: meaning('WARN for these loggers.', threshold().optional()),
  ERROR: meaning('ERROR for these loggers.', threshold().optional()),
  FATAL: meaning('FATAL for these loggers.', threshold().optional()),
});

const thresholds = object({
  TRACE: setting('Records of this level within the window that make an alert.', threshold(), null),
  DEBUG: setting('The same for DEBUG.', threshold(), null),
  INFO: setting('The same for INFO.', threshold(), null),
  WARN: setting('The same for WARN. A slot of the strip turns amber here too.', threshold(), 1),
  ERROR: setting('The same for ERROR. A slot of the strip turns red here too.', threshold(), 1),
  FATAL: setting('The same for FATAL.', threshold(), 1),
  window: setting('The rolling window.', duration('1s', '7d'), '1h'),
  loggers: setting(
    'Exceptions by logger: a name in which `*` stands for any text (`payments.*`), alone or behind its service ' +
      '(`shop/payments.*`). The first pattern that matches and names the level wins.',
    allowing('an object of logger patterns, each with levels', z.record(loggerPattern, levelOverrides)),
    {},
  ),
});

const tokenFields = object({
  name: meaning('What lists and logs call it.', text(100)),
  token: meaning('The token itself.', token().optional()),
  sha256: meaning('Or only its digest.', sha256().optional()),
  scopes: setting(
    'What it may do: `ingest` sends logs, `read` opens the dashboard and the API, `manage` removes records (`prune`).',
    list(oneOf(...TOKEN_SCOPES), '"ingest", "read" and "manage"'),
    ['ingest', 'read'],
  ),
});
const tokenSchema = allowing(
  'an object { name, token, scopes } or { name, sha256, scopes }',
  tokenFields.refine((value) => (value.token === undefined) !== (value.sha256 === undefined)),
);

const file = () => text(4096);

const tls = object({
  certFile: meaning('The certificate with its chain.', file()),
  keyFile: meaning('Its key.', file()),
  clientCaFile: setting('The authority whose certificates senders must present. null: none.', file().nullable(), null),
});

/** What users may write in `logvitals.config.ts`, with what it means and what it is by default. */
export const userConfigSchema = object({
  storage: setting(
    'Where records are kept. A relative folder in a config file starts from that file.',
    storage(),
    'file:./logvitals-data',
  ),
  host: setting(
    'The address to listen on. Anything but the machine itself wants `auth.tokens` or `insecure`.',
    host(),
    '127.0.0.1',
  ),
  grpcPort: setting('Port for OTLP/gRPC.', port(), 4317),
  httpPort: setting('Port for OTLP/HTTP.', port(), 4318),
  dashboardPort: setting('Port of the dashboard and its API.', port(), 4319),
  dashboardHosts: setting(
    'Host names by which the dashboard may be reached beside `localhost`, such as that of a reverse proxy, while it ' +
      'listens on the machine itself without a token. By other names it answers 421, so that no web page can read it ' +
      'through a name of its own.',
    list(hostName(), 'host names'),
    [],
  ),
  insecure: setting('Listen beyond the machine itself although no token is configured.', trueOrFalse(), false),
  logsPath: setting('Path of the OTLP/HTTP endpoint.', httpPath(), '/v1/logs'),
  title: setting('Title of the pages.', text(100), 'logvitals'),
  timeZone: setting("Time zone of day slots and times. null: the viewer's own.", timeZone(), null),
  pageSize: setting('Rows on a page of a table.', wholeNumber(1, 1000), 50),
  cardsPageSize: setting('Cards and rows on the health page.', wholeNumber(1, 1000), 100),
  levels: setting(
    'Levels offered as filters; severity texts of your own may stand among them.',
    list(text(40), 'level names'),
    ['TRACE', 'DEBUG', 'INFO', 'AUDIT', 'API', 'LOGIN', 'WARN', 'ERROR', 'FATAL'],
  ),
  ranges: setting(
    'Time ranges of the health page, in the order of their tabs. What you write replaces the default ones.',
    allowing(
      'an object of at least one range, each { label, slots, slot, timeFormat }',
      z.record(rangeName, range).refine((ranges) => Object.keys(ranges).length > 0, { error: 'at least one range' }),
    ),
    {
      '24h': { label: '24 hours', slots: 24, slot: '1h' },
      '30d': { label: '30 days', slots: 30, slot: 'day' },
      '90d': { label: '90 days', slots: 90, slot: 'day' },
    },
  ),
  defaultRange: setting(
    'The range shown first. null: `24h` when it is among the ranges, else their first.',
    text(20).nullable(),
    null,
  ),
  messagePreviewLength: setting(
    'Characters of a message shown before "show all".',
    wholeNumber(100, 1_000_000),
    16_384,
  ),
  thresholds: setting('When a logger is in trouble.', thresholds, {}),
  retention: setting(
    'How long records are kept.',
    object({
      days: setting('Days; strictly older records are removed.', wholeNumber(1, 36_500), 90),
      batchSize: setting('Records removed in one transaction.', wholeNumber(1, 1_000_000), 5000),
      interval: setting('Time between sweeps.', duration('1m', '7d'), '1h'),
    }),
    {},
  ),
  embedded: setting(
    'The embedded storage (`file:`); others have their own.',
    object({
      durability: setting(
        'What an acknowledged request survives: `normal` the end of the process, however it ends, `full` the loss of ' +
          'power as well, with a write to the disk for each.',
        oneOf('normal', 'full'),
        'normal',
      ),
      maxBytes: setting(
        'Size of all records on the disk. Beyond it the oldest day goes, but never the present one. null: no limit.',
        allowing(
          'a size such as "10GiB" or a number of bytes, from 16MiB to 1000TiB, or null',
          size('16MiB', '1000TiB').nullable(),
        ),
        null,
      ),
      cacheBytes: setting(
        'Memory for blocks of records that searches have unpacked, each of the two reading threads.',
        size('1MiB', '64GiB'),
        '24MiB',
      ),
      filterCacheBytes: setting(
        'Memory for the filters that tell searches which blocks to pass over, each of the two reading threads.',
        size('1MiB', '64GiB'),
        '16MiB',
      ),
    }),
    {},
  ),
  postgres: setting(
    'PostgreSQL (`postgres:`).',
    object({
      schema: setting('The schema that holds the tables and views.', sqlName(), 'logvitals'),
      connections: setting('Connections at most, of this receiver.', wholeNumber(2, 1000), 10),
      trigramIndex: setting(
        'Keep a trigram index of the messages (extension `pg_trgm`): a rare text is found at once, and ingest is slower.',
        trueOrFalse(),
        false,
      ),
      queryTimeout: setting('How long one query of a page or a search may take.', duration('1s', '1h'), '30s'),
    }),
    {},
  ),
  mongodb: setting(
    'MongoDB (`mongodb:`, `mongodb+srv:`). The database is named in the URL; without one it is `logvitals`.',
    object({
      connections: setting('Connections at most, of this receiver.', wholeNumber(2, 1000), 10),
      queryTimeout: setting('How long one query of a page or a search may take.', duration('1s', '1h'), '30s'),
    }),
    {},
  ),
  ignore: setting(
    'Records that are not stored.',
    object({
      loggerPrefixes: setting(
        'Loggers and all below them: `silk` drops `silk` and `silk.x`, not `silky`.',
        list(text(400), 'texts'),
        [],
      ),
      loggers: setting('Loggers by their exact name.', list(text(400), 'texts'), []),
      messages: setting('Records whose message contains one of these.', list(text(1000), 'texts'), []),
    }),
    {},
  ),
  limits: setting(
    'Bounds that keep the server up.',
    object({
      requestBytes: setting('Largest request, compressed and decompressed.', size('1KiB', '256MiB'), '64MiB'),
      queueBytes: setting('Decoded bytes waiting to be stored, all requests together.', size('1KiB', '4GiB'), '128MiB'),
      valueBytes: setting(
        'Longest text kept in a message or attribute; the rest is cut and marked.',
        size('1KiB', '64MiB'),
        '1MiB',
      ),
      tails: setting('Live tails open at once.', wholeNumber(0, 10_000), 100),
    }),
    {},
  ),
  cors: setting(
    'Browsers that send logs themselves.',
    object({ origins: setting('Pages that may send.', list(origin(), 'origins'), []) }),
    {},
  ),
  auth: setting(
    'Who may send and read. Without tokens everyone who reaches the ports may.',
    object({
      tokens: setting(
        'Bearer tokens: `{ name, token | sha256, scopes }`. `LOGVITALS_TOKEN` adds one with all scopes.',
        list(tokenSchema, 'tokens'),
        [],
      ),
    }),
    {},
  ),
  tls: setting(
    'Encryption. All files are PEM; relative ones start from the config file.',
    allowing('an object { certFile, keyFile, clientCaFile } or null', tls.nullable()),
    null,
  ),
  onThreshold: setting('Called with each alert.', listener(), null),
});

/** What a config file may export. */
export type UserConfig = z.input<typeof userConfigSchema>;
