import type { Actor } from '../emit/context.ts';
import { idText } from '../emit/emit.ts';
import type { AuditObject } from './audit-event.ts';

/** An event without a text of its own in words: `delete invoice 17 "Acme, May"`. Whatever they are, they are put as text. */
export function describeEvent(action: unknown, object: AuditObject | null | undefined): string {
  const name = idText(object?.name);
  return [idText(action), idText(object?.type), idText(object?.id), name && JSON.stringify(name)]
    .filter(Boolean)
    .join(' ');
}

/** Who it was in a word. */
export function describeActor(actor: Actor | null): string {
  return idText(actor?.name) || idText(actor?.email) || idText(actor?.id) || 'anonymous';
}
