import { type AuditEvent, emitAudit } from '../audit/audit-event.ts';
import { currentActor } from '../emit/context.ts';
import { idText } from '../emit/emit.ts';
import { sayOnce } from '../emit/said-once.ts';
import { readable } from '../readable.ts';
import type { Change, JoinTable, WriteKind } from './change.ts';
import { eventsOf } from './change-events.ts';
import { type DataAuditOptions, resolveDataAudit } from './options.ts';
import { subjectOf } from './subject.ts';
import { AuditTransaction } from './transaction.ts';

/** What a data layer's plug-in tells its changes to. Nothing of it throws but `createAuditTrail`. */
export interface AuditTrail {
  /** So many rows of one statement are worth reading beforehand. */
  readonly maxRows: number;
  /** Whether a statement of this kind may be recorded: asked before anything is paid for. */
  wants(model: string, kind: WriteKind, join?: JoinTable | undefined): boolean;
  /** Whether the rows it is going to change are to be read first. */
  wantsBefore(model: string, kind: 'update' | 'delete', join?: JoinTable | undefined): boolean;
  /** Whether changes of the model's relations are recorded. */
  wantsRelations(model: string): boolean;
  /** The fields that the options tell the model's objects apart by; undefined: they don't say, or say a function. */
  idFields(model: string): readonly string[] | undefined;
  /** Records what a statement changed, after it succeeded: in a transaction, to be sent at its commit; else at once. */
  record(change: Change, transaction?: AuditTransaction | undefined): void;
  begin(): AuditTransaction;
  /** Runs a part of the plug-in: what it throws is told once and is not the application's trouble. */
  attempt<T>(work: () => T): T | undefined;
  /** The same for a part that waits for something. */
  attemptAsync<T>(work: () => Promise<T>): Promise<T | undefined>;
}

/** An error mostly; but anything can be thrown. */
type Thrown = Partial<Error> | null | undefined;

/**
 * @param layer The data layer's name as in the package's sub-path, such as `kysely`.
 * @throws TypeError when an option makes no sense.
 */
export function createAuditTrail(layer: string, options: DataAuditOptions = {}): AuditTrail {
  const settings = resolveDataAudit(layer, options);

  const publish = (events: readonly AuditEvent[], left: number): void => {
    for (const event of events) attempt(() => emitAudit(event));
    if (left > 0) attempt(() => emitAudit(overflow(left)));
  };

  const overflow = (left: number): AuditEvent => {
    sayOnce(
      `data-overflow:${layer}`,
      `${layer}: a transaction had more than ${settings.maxEvents} audit events; ${left} of them became one. Set maxEvents ` +
        'to keep more.',
    );
    return {
      action: 'bulk_change',
      tool: settings.tool,
      body: `${left} more changes in the same transaction`,
      attributes: { 'logvitals.data': { count: left } },
    };
  };

  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      return report(error);
    }
  };

  const report = (error: unknown): undefined => {
    // Layers wrap the database's error in one of their own, whose text may carry the query's values.
    const root = readable(error as Thrown, ['cause'])?.cause ?? error;
    const { name, message } = readable(root as Thrown, ['name', 'message']) ?? {};
    const text = [name ?? root, message].map(idText).filter(Boolean).join(': ');
    const [reason] = text.slice(0, 300).split('\n');
    sayOnce(`data-failure:${layer}`, `${layer}: a change was not recorded as it should be: ${reason}`);
  };

  return {
    maxRows: settings.maxRows,
    wants: (model, kind, join) => subjectOf(model, join, settings)?.mayRecord(kind) === true,
    wantsBefore(model, kind, join) {
      const subject = subjectOf(model, join, settings);
      return subject?.settings.before === 'fetch' && subject.mayRecord(kind);
    },
    wantsRelations(name) {
      const actions = settings.model(name)?.actions;
      return actions !== undefined && (actions.has('relation_add') || actions.has('relation_remove'));
    },
    idFields(name) {
      const id = settings.model(name)?.id;
      if (typeof id === 'string') return [id];
      return typeof id === 'function' ? undefined : id;
    },
    record(change, transaction) {
      attempt(() => {
        const events = eventsOf(change, settings, { actor: currentActor(), timestamp: Date.now() });
        if (transaction === undefined) publish(events, 0);
        else transaction.add(events);
      });
    },
    begin: () => new AuditTransaction(publish, settings.maxEvents),
    attempt,
    async attemptAsync(work) {
      try {
        return await work();
      } catch (error) {
        return report(error);
      }
    },
  };
}
