import { recordOnce, replaceMethods } from '../replaced-methods.ts';
import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';
import type { DocumentModel } from './document.ts';
import {
  type ModifyResult,
  OPERATIONS,
  type Operation,
  type Outcome,
  outcomeOfError,
  outcomeOfModify,
  outcomeOfWrite,
} from './operations.ts';
import { withRelations } from './references.ts';
import type { SessionTransactions } from './sessions.ts';
import { DocumentWrite } from './write.ts';

type Method = keyof typeof OPERATIONS;
type Call = (...input: unknown[]) => Promise<unknown>;

/** The part of a collection that is used, the driver's as well as Mongoose's. */
export type CollectionLike = Readonly<Record<Method, (...input: never[]) => Promise<unknown>>> & {
  find(...input: never[]): unknown;
};

export interface CollectionSurroundings {
  readonly trail: AuditTrail;
  readonly sessions: SessionTransactions;
}

/** Has what the collection's methods write recorded, from now on; asked again, by what was said last. */
export function watchCollection(
  collection: CollectionLike,
  model: DocumentModel,
  around: CollectionSurroundings,
): void {
  recordOnce(collection, () => replaceMethods(collection, watchedMethods(collection, model, around)));
}

function watchedMethods(
  collection: CollectionLike,
  model: DocumentModel,
  { trail, sessions }: CollectionSurroundings,
): Record<string, Call> {
  const methods = Object.keys(OPERATIONS) as Method[];
  const originals = Object.fromEntries(methods.map((name) => [name, collection[name]]));
  // The same collection without the watch: methods call each other, and Mongoose calls one again after waiting.
  const quiet = Object.assign(Object.create(collection), originals) as Record<Method | 'find', Call>;
  const find = async (filter: unknown, options: object) => {
    const cursor = (await quiet.find(filter, options)) as { toArray(): Promise<readonly object[]> };
    return await cursor.toArray();
  };
  const references = trail.wantsRelations(model.name) ? model.references : [];

  const record = async (
    write: DocumentWrite,
    events: AuditTransaction | undefined,
    outcomeOf: () => Outcome | null,
  ): Promise<void> => {
    await trail.attemptAsync(async () => {
      const outcome = outcomeOf();
      for (const change of (outcome && (await write.changes(outcome))) ?? []) {
        for (const part of withRelations(change, references, trail.maxRows)) trail.record(part, events);
      }
    });
  };

  const watched = async (name: Method, input: unknown[]): Promise<unknown> => {
    const operation = trail.attempt(() => (OPERATIONS[name] as (...input: unknown[]) => Operation)(...input));
    if (operation === undefined || operation.options.explain || !isWanted(operation))
      return await quiet[name](...input);
    const events = trail.attempt(() => sessions.eventsOf(operation.options.session));
    const write = new DocumentWrite(operation, model, trail, find);
    await write.prepare();
    if (name.startsWith('findOneAnd')) {
      const result = (await quiet[name](...askingForAll(input, operation))) as ModifyResult;
      await record(write, events, () => outcomeOfModify(result, operation));
      return operation.options.includeResultMetadata ? result : (result.value ?? null);
    }
    try {
      const result = await quiet[name](...input);
      await record(write, events, () => outcomeOfWrite(result as object));
      return result;
    } catch (error) {
      await record(write, events, () => outcomeOfError(error, operation));
      throw error;
    }
  };

  const isWanted = ({ inserts, targets, mayUpsert }: Operation): boolean =>
    ((inserts.size > 0 || mayUpsert) && trail.wants(model.name, 'create')) ||
    targets.some(({ kind }) => trail.wants(model.name, kind)) ||
    references.length > 0;

  return Object.fromEntries(methods.map((name) => [name, (...input: unknown[]) => watched(name, input)]));
}

/** The call's input, with the option that tells what was upserted; its answer holds what the call would have given. */
function askingForAll(input: readonly unknown[], { targets, options }: Operation): unknown[] {
  const fixed = input.slice(0, targets[0]?.kind === 'delete' ? 1 : 2);
  return [...fixed, { ...options, includeResultMetadata: true }];
}
