/** What users may set of MongoDB (`mongodb` in the configuration). */
export interface MongodbSettings {
  /** Connections at most, of this process. */
  readonly connections: number;
  /** Milliseconds after which the server ends a query of a page or a search. */
  readonly queryTimeout: number;
}
