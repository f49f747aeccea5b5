import type { Row, RowChange, WriteKind } from '../change.ts';
import type { AuditTrail } from '../trail.ts';
import type { FarSides } from './far-sides.ts';
import {
  type ColumnLike,
  fieldOf,
  joinOf,
  keyFields,
  type MetadataLike,
  type RelationLike,
  rowOfEntity,
} from './metadata.ts';
import type { QueryRunnerLike, RunnerTransactions } from './runners.ts';

interface TransactionEvent {
  readonly queryRunner: QueryRunnerLike;
}

/** What TypeORM tells its subscribers. Which fields there are depends on the event. */
interface EntityEvent extends TransactionEvent {
  readonly metadata: MetadataLike;
  readonly entity?: object | undefined;
  readonly databaseEntity?: object | undefined;
  readonly entityId?: unknown;
  readonly updatedColumns?: readonly ColumnLike[];
  readonly updatedRelations?: readonly RelationLike[];
}

/** TypeORM's subscriber of everything, for what goes through entities: `save`, `remove`, `softRemove`, `recover`. */
export interface Subscriber {
  afterInsert(event: EntityEvent): void;
  beforeUpdate(event: EntityEvent): void;
  afterUpdate(event: EntityEvent): void;
  afterRemove(event: EntityEvent): void;
  afterSoftRemove(event: EntityEvent): void;
  afterRecover(event: EntityEvent): void;
  afterTransactionStart(event: TransactionEvent): void;
  afterTransactionCommit(event: TransactionEvent): void;
  afterTransactionRollback(event: TransactionEvent): void;
}

/** Query builders raise the same events without saying which rows; they are recorded where they run. */
export function createSubscriber(trail: AuditTrail, transactions: RunnerTransactions, farSides: FarSides): Subscriber {
  const record = (kind: WriteKind, { metadata, queryRunner }: EntityEvent, change: RowChange): void => {
    const { name: model } = metadata;
    const join = joinOf(metadata);
    if (!trail.wants(model, kind, join)) return;
    const rows = [change];
    trail.record({ kind, model, rows, join, idFields: keyFields(metadata) }, transactions.eventsOf(queryRunner));
  };

  return {
    afterInsert(event) {
      if (event.entityId === undefined) return;
      trail.attempt(() => {
        const row = wholeRow(event);
        const pointers = farSides.takeInserted(event.queryRunner, event.metadata, event.entity ?? row);
        record('create', event, { before: null, after: { ...row, ...pointers } });
      });
    },
    beforeUpdate(event) {
      const { queryRunner, metadata, entity, databaseEntity } = event;
      if (entity === undefined || databaseEntity === undefined) return;
      trail.attempt(() => farSides.willTell(queryRunner, metadata, entity, updatedColumns(event)));
    },
    afterUpdate(event) {
      const { queryRunner, metadata, entity, databaseEntity } = event;
      if (databaseEntity === undefined) return;
      trail.attempt(() => {
        if (entity !== undefined) farSides.told(queryRunner, metadata, entity);
        record('update', event, updatedRow(event));
      });
    },
    afterRemove(event) {
      if (event.entityId === undefined) return;
      trail.attempt(() => record('delete', event, { before: wholeRow(event), after: null }));
    },
    afterSoftRemove(event) {
      if (event.databaseEntity === undefined) return;
      trail.attempt(() => record('delete', event, changedRow(event)));
    },
    afterRecover(event) {
      if (event.databaseEntity === undefined) return;
      trail.attempt(() => record('update', event, changedRow(event)));
    },
    afterTransactionStart: ({ queryRunner }) => transactions.started(queryRunner),
    afterTransactionCommit: ({ queryRunner }) => transactions.committed(queryRunner),
    afterTransactionRollback: ({ queryRunner }) => transactions.rolledBack(queryRunner),
  };
}

/** As the database had it, else as the application has it; of a junction there is nothing but its id. */
function wholeRow({ metadata, entity, databaseEntity, entityId }: EntityEvent): Row {
  const known = databaseEntity ?? entity;
  if (known !== undefined) return rowOfEntity(known, metadata.columns);
  const [key] = metadata.primaryColumns;
  const isPlain = typeof entityId !== 'object' && key !== undefined;
  return isPlain ? { [fieldOf(key)]: entityId } : rowOfEntity(entityId as object, metadata.columns);
}

/** TypeORM's own comparison says which columns are written; entities may have other values of the same meaning in them. */
function updatedRow(event: EntityEvent): RowChange {
  const { metadata, entity = {}, databaseEntity = {} } = event;
  return { before: rowOfEntity(databaseEntity, metadata.columns), after: rowOfEntity(entity, updatedColumns(event)) };
}

function updatedColumns(event: EntityEvent): ColumnLike[] {
  const relations = (event.updatedRelations ?? []).flatMap((relation) => relation.joinColumns);
  return [...(event.updatedColumns ?? []), ...relations];
}

function changedRow({ metadata, entity = {}, databaseEntity = {} }: EntityEvent): RowChange {
  return { before: rowOfEntity(databaseEntity, metadata.columns), after: rowOfEntity(entity, metadata.columns) };
}
