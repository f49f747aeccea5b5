import type { NamedLevel } from '../record/severity.ts';

/** Thresholds by level; null switches the level's alert off. */
export type LevelThresholds = Readonly<Record<NamedLevel, number | null>>;

export interface ThresholdSettings {
  readonly levels: LevelThresholds;
  /** Rolling window in milliseconds. */
  readonly window: number;
  /** Exceptions by logger pattern (`payments.*`, or `service/logger` patterns); the first that matches wins, per level. */
  readonly overrides: readonly { readonly pattern: string; readonly levels: Partial<LevelThresholds> }[];
}

/** A time range offered on the card page (PARITY.md P14, P20). */
export interface RangeSettings {
  /** What stands in `?range=`: `24h`. */
  readonly name: string;
  readonly label: string;
  /** How many slots the strip has. */
  readonly slots: number;
  /** One slot: so many minutes, or one calendar day in the viewer's time zone. */
  readonly slot: { readonly unit: 'minutes'; readonly minutes: number } | { readonly unit: 'day' };
  /** How a slot's time is written on the axis. */
  readonly timeFormat: 'time' | 'date' | 'datetime';
}

/** What a token may do: send logs; read dashboard and API; remove records (`prune`). */
export const TOKEN_SCOPES = ['ingest', 'read', 'manage'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A bearer token. What is kept is its SHA-256, so that neither a dump nor an error shows it. */
export interface TokenSettings {
  readonly name: string;
  /** SHA-256 of the token, 64 hex digits. */
  readonly sha256: string;
  readonly scopes: readonly TokenScope[];
}

export interface TlsSettings {
  readonly certFile: string;
  readonly keyFile: string;
  /** When set, clients must present a certificate signed by it (mTLS). */
  readonly clientCaFile: string | null;
}

/** Everything that can be set, validated and frozen. `schema.ts` says what users may write and what the defaults are. */
export interface Config {
  /** A storage URL, or a user's own `LogStore` object (P41). */
  readonly storage: string | object;
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly dashboardPort: number;
  /** Names the dashboard answers to beside this machine's own, while it listens on this machine alone without tokens. */
  readonly dashboardHosts: readonly string[];
  readonly insecure: boolean;
  /** Path of the OTLP/HTTP endpoint. */
  readonly logsPath: string;
  readonly title: string;
  /** IANA name, or null for the viewer's own (their browser says it), UTC until known. */
  readonly timeZone: string | null;
  /** Rows on a table page. */
  readonly pageSize: number;
  /** Cards and rows on the health page. */
  readonly cardsPageSize: number;
  /** Level choices offered as filters, severity texts of one's own included. */
  readonly levels: readonly string[];
  readonly ranges: readonly RangeSettings[];
  readonly defaultRange: string;
  /** Characters of a body shown before "show all" (P8). */
  readonly messagePreviewLength: number;
  readonly thresholds: ThresholdSettings;
  readonly retention: {
    readonly days: number;
    readonly batchSize: number;
    /** Milliseconds between sweeps. */
    readonly interval: number;
  };
  /** The embedded storage alone; sizes are bytes. */
  readonly embedded: {
    readonly durability: 'normal' | 'full';
    /** Of all day files; null for no limit. */
    readonly maxBytes: number | null;
    readonly cacheBytes: number;
    readonly filterCacheBytes: number;
  };
  /** PostgreSQL alone; `queryTimeout` is milliseconds. */
  readonly postgres: {
    readonly schema: string;
    readonly connections: number;
    readonly trigramIndex: boolean;
    readonly queryTimeout: number;
  };
  /** MongoDB alone; `queryTimeout` is milliseconds. */
  readonly mongodb: { readonly connections: number; readonly queryTimeout: number };
  readonly ignore: {
    readonly loggerPrefixes: readonly string[];
    readonly loggers: readonly string[];
    readonly messages: readonly string[];
  };
  readonly limits: {
    /** Largest request, compressed and decompressed, in bytes. */
    readonly requestBytes: number;
    /** Decoded bytes waiting to be stored, all requests together. */
    readonly queueBytes: number;
    /** Longest string kept in a body or attribute, in bytes of UTF-8; the rest is cut and marked (O54). */
    readonly valueBytes: number;
    /** Live tails open at once. */
    readonly tails: number;
  };
  readonly cors: { readonly origins: readonly string[] };
  readonly tokens: readonly TokenSettings[];
  readonly tls: TlsSettings | null;
  /** Called for each alert. Its failure is logged and harms nothing (P27). The argument is an `Alert` (store/alert.ts). */
  readonly onThreshold: ((alert: never) => unknown) | null;
}
