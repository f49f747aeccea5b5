import type { Actor } from '../emit/context.ts';

/**
 * The actor in what an authentication library left behind: a row of a table of users, the claims of a token, or a name.
 * Null when there is nothing to go by.
 */
export function actorOf(user: unknown): Actor | null {
  if (typeof user === 'string' || typeof user === 'number') return { id: user };
  if (typeof user !== 'object' || user === null) return null;
  const fields = user as Record<string, unknown>;
  const id = fields.id ?? fields._id ?? fields.sub;
  const actor: Actor = {
    id: id === undefined || id === null ? undefined : typeof id === 'number' ? id : String(id),
    name: text(fields.name) ?? text(fields.username) ?? text(fields.displayName),
    email: text(fields.email),
  };
  return actor.id === undefined && actor.name === undefined && actor.email === undefined ? null : actor;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
