import type { EventKind } from '../events/event-filter.ts';

/** The page's state as it stands in the address bar. */
export interface AuditState {
  readonly kind?: EventKind | undefined;
  readonly q?: string | undefined;
  readonly action: readonly string[];
  readonly tool: readonly string[];
  readonly actor: readonly string[];
  readonly object_type: readonly string[];
  readonly object_id: readonly string[];
  readonly type: readonly string[];
  readonly group: readonly string[];
  readonly initiator: readonly string[];
  readonly range?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The filters of events that stand as chips, in the order shown. */
export const AUDIT_FILTERS = [
  { name: 'action', words: 'action' },
  { name: 'tool', words: 'tool' },
  { name: 'actor', words: 'by' },
  { name: 'object_type', words: 'object type' },
  { name: 'object_id', words: 'object id' },
  { name: 'type', words: 'type' },
  { name: 'group', words: 'group' },
  { name: 'initiator', words: 'initiator' },
] as const;
export type AuditFilter = (typeof AUDIT_FILTERS)[number]['name'];
