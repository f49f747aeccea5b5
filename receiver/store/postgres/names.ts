import { createHash } from 'node:crypto';
import type { LogRecord, Resource, Scope } from '../../record/log-record.ts';
import { toOtlpJsonKeyValues } from '../../record/otlp-json.ts';
import type { Connection } from './connection.ts';
import type { Day } from './day.ts';
import { writeExact } from './exact.ts';
import { IdTable, type IdTableKind } from './id-table.ts';
import { isPlainText, plainText } from './plain-text.ts';
import { readableJson } from './readable-json.ts';

/** Ids of a record's logger, resource and scope. */
export interface NameIds {
  readonly loggerIds: readonly number[];
  readonly resourceIds: readonly number[];
  readonly scopeIds: readonly number[];
}

/** Ids of what records refer to. */
export class Names {
  readonly #loggers: IdTable<LogRecord>;
  readonly #resources: IdTable<Resource>;
  readonly #scopes: IdTable<Scope>;

  constructor(connection: Connection) {
    this.#loggers = new IdTable(connection, LOGGER);
    this.#resources = new IdTable(connection, RESOURCE);
    this.#scopes = new IdTable(connection, SCOPE);
  }

  /**
   * Ids for these records, in their order. `days` has the day of each, and `today` is the present one: until the later
   * of the two, retention leaves the rows alone.
   */
  async idsOf(records: readonly LogRecord[], days: readonly Day[], today: Day): Promise<NameIds> {
    const usedUntil = (place: number) => Math.max(days[place]!, today);
    const resources = records.map(({ resource }) => resource);
    const scopes = records.map(({ scope }) => scope);
    return {
      loggerIds: await this.#loggers.idsOf(records, usedUntil),
      resourceIds: await this.#resources.idsOf(resources, usedUntil),
      scopeIds: await this.#scopes.idsOf(scopes, usedUntil),
    };
  }

  /** Rows may have been removed. */
  forget(): void {
    this.#loggers.forget();
    this.#resources.forget();
    this.#scopes.forget();
  }
}

/** Longer keys are kept as their digests. */
const LONGEST_KEY = 200;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function loggerKey({ service, logger }: LogRecord): string {
  const key = `${service.length}:${service}${logger}`;
  return key.length <= LONGEST_KEY ? key : loggerDigest({ service, logger }).toString('base64');
}

/** What a logger's row is found by: of JSON, for it writes halves of surrogate pairs and NUL as escapes, so no two names have the same. */
export const loggerDigest = ({ service, logger }: Pick<LogRecord, 'service' | 'logger'>): Buffer =>
  sha256(JSON.stringify([service, logger]));

const LOGGER: IdTableKind<LogRecord> = {
  table: 'logger',
  columns: [
    ['service', 'text'],
    ['logger', 'text'],
    ['exact', 'text'],
  ],
  valuesOf: ({ service, logger }) => [
    plainText(service),
    plainText(logger),
    isPlainText(service) && isPlainText(logger) ? null : JSON.stringify([service, logger]),
  ],
  isSame: (one, other) => one.service === other.service && one.logger === other.logger,
  keyOf: loggerKey,
  digestOf: loggerDigest,
};

const digestsOfResources = (resource: Resource): Buffer =>
  sha256(
    JSON.stringify([toOtlpJsonKeyValues(resource.attributes), resource.droppedAttributesCount, resource.schemaUrl]),
  );

const RESOURCE: IdTableKind<Resource> = {
  table: 'resource',
  columns: [
    ['dropped', 'bigint'],
    ['attributes', 'jsonb'],
    ['schema_url', 'text'],
    ['exact', 'text'],
  ],
  valuesOf: resourceValues,
  isSame: (one, other) => one === other,
  keyOf: (resource) => digestsOfResources(resource).toString('base64'),
  digestOf: digestsOfResources,
};

const digestOfScope = (scope: Scope): Buffer =>
  sha256(
    JSON.stringify([
      toOtlpJsonKeyValues(scope.attributes),
      scope.droppedAttributesCount,
      scope.schemaUrl,
      scope.name,
      scope.version,
    ]),
  );

const SCOPE: IdTableKind<Scope> = {
  table: 'scope',
  columns: [
    ['dropped', 'bigint'],
    ['attributes', 'jsonb'],
    ['schema_url', 'text'],
    ['exact', 'text'],
    ['name', 'text'],
    ['version', 'text'],
  ],
  valuesOf: (scope) => [...resourceValues(scope), plainText(scope.name), plainText(scope.version)],
  isSame: (one, other) => one === other,
  keyOf: (scope) => digestOfScope(scope).toString('base64'),
  digestOf: digestOfScope,
};

/** Of a scope, too: whatever is not exact of either goes into one text. */
function resourceValues(subject: Resource | Scope): readonly unknown[] {
  const { attributes, droppedAttributesCount, schemaUrl } = subject;
  const { json, isExact } = readableJson(attributes);
  const { name = '', version = '' } = 'name' in subject ? subject : {};
  const isExactInAll = isExact && [schemaUrl, name, version].every(isPlainText);
  const exact = isExactInAll ? null : writeExact({ attributes, schemaUrl, name, version });
  return [droppedAttributesCount, json, plainText(schemaUrl), exact];
}
