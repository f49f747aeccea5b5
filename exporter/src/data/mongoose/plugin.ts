import { type CollectionLike, watchCollection } from '../mongodb/collection.ts';
import { SessionTransactions } from '../mongodb/sessions.ts';
import type { DataAuditOptions } from '../options.ts';
import { createAuditTrail } from '../trail.ts';
import { hiddenPaths, referenceArrays, type SchemaLike } from './schema.ts';

interface ModelLike {
  readonly modelName: string;
  readonly baseModelName?: string | undefined;
  readonly collection: CollectionLike;
}

/** Those of all models, as discriminators share their base model's, and Mongoose may tell of a model twice. */
const watched = new WeakSet<CollectionLike>();

/**
 * A plugin for Mongoose's schemas, by `mongoose.plugin(auditMongoose, options)` or `schema.plugin(auditMongoose, options)`:
 * what models made from then on write is recorded as audit events.
 * @throws TypeError when an option makes no sense.
 */
export function auditMongoose(schema: SchemaLike, options: DataAuditOptions = {}): void {
  // Mongoose adds an option of its own where it removes doubles.
  const { deduplicate: _, ...own } = options as DataAuditOptions & { deduplicate?: unknown };
  const trail = createAuditTrail('mongoose', own);
  const sessions = new SessionTransactions(trail);
  const watch = ({ modelName, baseModelName, collection }: ModelLike) => {
    if (watched.has(collection)) return;
    watched.add(collection);
    const model = {
      name: baseModelName ?? modelName,
      hidden: hiddenPaths(schema),
      references: referenceArrays(schema),
    };
    watchCollection(collection, model, { trail, sessions });
  };
  schema.on('init', (model) => trail.attempt(() => watch(model as ModelLike)));
}
