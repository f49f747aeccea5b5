/**
 * Who may import what, with the reason beside each rule. A module belongs to the first rule whose pattern matches its
 * path; it may import modules of its own folder and those that `may` lists.
 */
export interface ImportRule {
  readonly of: RegExp;
  /** Patterns of our own modules; `type:` before a pattern allows types alone. */
  readonly may: readonly (RegExp | { readonly types: RegExp })[];
  /** Packages and builtins beyond node's; absent means none. */
  readonly packages?: readonly RegExp[];
  readonly because: string;
}

const RECORD = /^receiver\/record\//;
const QUERY = /^receiver\/query\//;
const STORE_CONTRACT = /^receiver\/store\/(store|alert|errors|migration)\.ts$/;
const STORE_COMMON = /^receiver\/store\/common\//;
const OPEN_OPTIONS = { types: /^receiver\/store\/open\.ts$/ };
const NET = /^receiver\/net\//;
const METRICS = /^receiver\/metrics\//;
const DIAGNOSTICS = /^receiver\/diagnostics\.ts$/;
const CONFIG_TYPES = { types: /^receiver\/config\/config\.ts$/ };
const ACCESS_TYPE = { types: /^receiver\/access\.ts$/ };

export const IMPORT_RULES: readonly ImportRule[] = [
  { of: RECORD, may: [], because: 'the record is the ground everything stands on; it knows nothing and does no I/O' },
  { of: QUERY, may: [RECORD], because: 'one language for every store: it knows records, never storage' },
  { of: NET, may: [CONFIG_TYPES], because: 'every door listens alike, with the same certificates' },
  { of: METRICS, may: [], because: 'anyone may count; counting depends on nobody' },
  { of: DIAGNOSTICS, may: [], because: 'anyone may report; reporting depends on nobody' },
  {
    of: /^receiver\/access\.ts$/,
    may: [CONFIG_TYPES],
    because: 'access is judged from settings alone, for every door alike',
  },
  {
    of: /^receiver\/config\//,
    may: [RECORD],
    packages: [/^zod$/],
    because: 'settings are read before anything is opened: no driver, no server',
  },
  {
    of: /^receiver\/otlp\//,
    may: [
      RECORD,
      NET,
      METRICS,
      DIAGNOSTICS,
      ACCESS_TYPE,
      CONFIG_TYPES,
      { types: /^receiver\/ingest\/ingest\.ts$/ },
      { types: STORE_CONTRACT },
    ],
    packages: [/^@grpc\/grpc-js$/],
    because: 'the wire hands records to the one way in; it never sees a store',
  },
  {
    of: STORE_CONTRACT,
    may: [RECORD, QUERY, STORE_CONTRACT],
    because: 'a promise may not depend on those who keep it',
  },
  {
    of: /^receiver\/store\/open\.ts$/,
    may: [STORE_CONTRACT, RECORD, DIAGNOSTICS, /^receiver\/store\/(?!common)[a-z]+\//],
    because: 'the only place that chooses a driver',
  },
  {
    of: /^receiver\/store\/embedded\//,
    may: [STORE_COMMON, STORE_CONTRACT, RECORD, QUERY, DIAGNOSTICS],
    because: 'drivers know the contract and their own database; nobody else knows them',
  },
  {
    of: STORE_COMMON,
    may: [STORE_CONTRACT, RECORD, QUERY, DIAGNOSTICS],
    because: 'what drivers have in common; it knows none of them',
  },
  {
    of: /^receiver\/store\/postgres\//,
    may: [STORE_COMMON, STORE_CONTRACT, RECORD, QUERY, DIAGNOSTICS, OPEN_OPTIONS],
    packages: [/^pg$/, /^pg-copy-streams$/, /^kysely$/],
    because: 'PostgreSQL is spoken here and nowhere else',
  },
  {
    of: /^receiver\/store\/mongodb\//,
    may: [STORE_COMMON, STORE_CONTRACT, RECORD, QUERY, DIAGNOSTICS, OPEN_OPTIONS],
    packages: [/^mongodb$/],
    because: "MongoDB's protocol is spoken here and nowhere else",
  },
  {
    of: /^receiver\/alerts\//,
    may: [RECORD, STORE_CONTRACT, QUERY, DIAGNOSTICS, CONFIG_TYPES],
    because: 'alerts are judged on records and remembered by the store, whichever it is',
  },
  {
    of: /^receiver\/ingest\//,
    may: [RECORD, STORE_CONTRACT, /^receiver\/alerts\//, METRICS, DIAGNOSTICS, CONFIG_TYPES],
    because: 'back-pressure lives here: queue, commit, evaluate, publish',
  },
  {
    of: /^receiver\/retention\//,
    may: [STORE_CONTRACT, RECORD, DIAGNOSTICS],
    because: 'retention asks the store to forget; it does not know how',
  },
  {
    of: /^dashboard\/client\//,
    may: [],
    because: 'it runs in the browser: nothing of the server may leak into it',
  },
  {
    of: /^dashboard\/views\//,
    may: [{ types: /./ }, /^dashboard\/views\//],
    packages: [/^preact/],
    because: 'pages are pure: props in, markup out',
  },
  {
    of: /^dashboard\//,
    may: [/^dashboard\/(?!client\/)/, RECORD, QUERY, STORE_CONTRACT, ACCESS_TYPE, CONFIG_TYPES],
    packages: [/^koa$/, /^@koa\/router$/, /^preact/],
    because: 'the dashboard reads through the contract, never through a driver, so that it can stand in any Koa app',
  },
  {
    of: /^receiver\/(serve|pipeline|index|cli|shutdown|dashboard-server|runtime-flags)\.ts$|^receiver\/(commands|demo|transfer)\//,
    may: [/./],
    packages: [/./],
    because: 'the composition root and the commands put the parts together',
  },
  {
    of: /^exporter\//,
    may: [],
    packages: [/^@opentelemetry\//],
    because: "it lives in other people's applications: nothing of the server's, no dependency but its peers",
  },
];
