import type { Actor } from '../emit/context.ts';
import { idText } from '../emit/emit.ts';
import type { AuditObject } from './audit-event.ts';

/** An event without a text of its own in words: `delete invoice 17 "Acme, May"`. */
export function describeEvent(action: unknown, object: AuditObject | null | undefined): string {
  const name = object?.name === undefined ? undefined : JSON.stringify(object.name);
  return [action, object?.type, idText(object?.id), name].filter((word) => word !== undefined).join(' ');
}

/** Who it was in a word. */
export function describeActor(actor: Actor | null): string {
  return actor?.name ?? actor?.email ?? idText(actor?.id) ?? 'anonymous';
}
