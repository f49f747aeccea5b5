/** What users may set of PostgreSQL (`postgres` in the configuration). */
export interface PostgresSettings {
  /** The schema that tables, views and functions are in; made by the first migration. */
  readonly schema: string;
  /** Connections at most, of this process. */
  readonly connections: number;
  /** Whether a trigram index (extension `pg_trgm`) makes searches for rare texts quick, at the price of slower ingest. */
  readonly trigramIndex: boolean;
  /** Milliseconds after which the server ends a query of a page or a search. */
  readonly queryTimeout: number;
}
