import type { DataAuditOptions } from '../options.ts';
import { type AuditTrail, createAuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';
import { type DataModel, PrismaModel } from './model.ts';
import { PrismaTransactions, type TransactionInfo } from './transactions.ts';
import { kindOf, type ModelDelegate, PrismaWrite, type WriteArguments } from './write.ts';

/** The part of Prisma's client that is used. */
interface ClientLike {
  $extends(...input: never[]): unknown;
  $transaction(...input: never[]): Promise<unknown>;
}

interface ClientInside {
  $extends(extension: object): unknown;
  readonly $transaction: (this: unknown, input: unknown, options?: unknown) => Promise<unknown>;
  readonly _runtimeDataModel?: DataModel | undefined;
  readonly _engineConfig?: { readonly activeProvider?: string | undefined } | undefined;
}

/** What Prisma hands an extension for each query. */
interface QueryCall {
  readonly model?: string | undefined;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (input: unknown) => Promise<unknown>;
  readonly __internalParams?: { readonly transaction?: TransactionInfo | undefined } | undefined;
}

const FAILURES_SPOIL = ['postgresql', 'postgres', 'cockroachdb'];
/** Prisma's own refusals, of which the database hears nothing, or which it answered without an error. */
const HARMLESS = ['P2025', 'P2015', 'P2018', 'P2016'];

/**
 * An extension for Prisma's client: `new PrismaClient({ … }).$extends(auditPrisma(options))`. What is written through the
 * extended client is recorded as audit events. Models go by their names in the schema.
 * @throws TypeError when an option makes no sense.
 */
export function auditPrisma(options: DataAuditOptions = {}): <Client extends ClientLike>(client: Client) => Client {
  const trail = createAuditTrail('prisma', options);
  return <Client extends ClientLike>(client: Client): Client =>
    // Prisma's types know more of the extended client than this, which adds nothing to it.
    extend(client as unknown as ClientInside, trail) as Client;
}

function extend(client: ClientInside, trail: AuditTrail): unknown {
  const transactions = new PrismaTransactions(trail);
  const { $transaction: transaction, _runtimeDataModel: data, _engineConfig: engine } = client;
  const failuresSpoil = FAILURES_SPOIL.includes(engine?.activeProvider ?? '');
  trail.attempt(() => {
    if (data === undefined)
      throw new Error("this version of Prisma doesn't tell its data model; fields are not recorded");
  });

  const watched = async (call: QueryCall, model: string): Promise<unknown> => {
    const { operation, args, query, __internalParams: inside } = call;
    const started = trail.attempt(() => {
      const running = transactions.find(inside?.transaction);
      // Of a batch, the rows as they were before all of it.
      const read = delegateOf(running?.client ?? client, model);
      const write = new PrismaWrite(operation, args as WriteArguments, new PrismaModel(model, data), trail, read);
      return { write, events: running?.events };
    });
    await started?.write.prepare();
    const result = await query(args);
    await trail.attemptAsync(() => record(started, result));
    return result;
  };

  const record = async (started: StartedWrite | undefined, result: unknown): Promise<void> => {
    for (const change of (await started?.write.changes(result)) ?? []) trail.record(change, started?.events);
  };

  const isWanted = (operation: string, model: string): boolean => {
    const kind = kindOf(operation);
    if (kind === undefined) return false;
    const isUpsert = operation === 'upsert';
    return trail.wants(model, kind) || (isUpsert && trail.wants(model, 'create')) || trail.wantsRelations(model);
  };

  return client.$extends({
    name: '@logvitals/exporter/prisma',
    query: {
      async $allOperations(call: QueryCall) {
        const { model, operation, args, query, __internalParams: inside } = call;
        try {
          return model !== undefined && isWanted(operation, model) ? await watched(call, model) : await query(args);
        } catch (error) {
          const spoils = failuresSpoil && reachedDatabase(error) && inside?.transaction?.kind === 'itx';
          if (spoils) trail.attempt(() => transactions.find(inside.transaction)?.events.fail(error));
          throw error;
        }
      },
    },
    client: {
      // With the client that it is called on, so that extensions made later hold within the transaction, too.
      $transaction(this: unknown, input: unknown, settings?: unknown) {
        const run = (work: unknown) => transaction.call(this, work, settings);
        if (typeof input === 'function') return transactions.run(run, input as (client: object) => unknown);
        return Array.isArray(input) ? transactions.runBatch(run, input) : run(input);
      },
    },
  });
}

interface StartedWrite {
  readonly write: PrismaWrite;
  readonly events: AuditTransaction | undefined;
}

function delegateOf(client: object, model: string): ModelDelegate {
  const name = model.charAt(0).toLowerCase() + model.slice(1);
  return (client as Readonly<Record<string, ModelDelegate>>)[name] as ModelDelegate;
}

function reachedDatabase(error: unknown): boolean {
  const { name, code = '' } = error as { name?: string; code?: string };
  return name !== 'PrismaClientValidationError' && !HARMLESS.includes(code);
}
