import { AsyncLocalStorage } from 'node:async_hooks';
import { perProcess } from '../per-process.ts';
import { sayOnce } from './said-once.ts';

/** Who did it. Recorded as `user.id`, `user.name` and `user.email`. */
export interface Actor {
  readonly id?: string | number | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** What everything that runs for one request, job or the like shares. */
interface Surroundings {
  actor: Actor | null;
}

const surroundings = perProcess('context', () => new AsyncLocalStorage<Surroundings>());

/**
 * Runs `fn` in a context of its own, in which `setActor` can say later on who acts: what HTTP middleware does for a
 * request. Nothing set within reaches another context.
 * @returns what `fn` returns.
 */
export function runInContext<T>(fn: () => T, actor: Actor | null = null): T {
  return surroundings.run({ actor }, fn);
}

/** Says who acts in the surrounding context, such as the user that a request turned out to be from. */
export function setActor(actor: Actor | null): void {
  const current = surroundings.getStore();
  if (current) current.actor = actor;
  else sayOnce('no context', 'setActor() was called outside a request or runInContext(): it has no effect there');
}

/** Who acts in the surrounding context; null when nobody was named. */
export function currentActor(): Actor | null {
  return surroundings.getStore()?.actor ?? null;
}

/**
 * Runs `fn` with this actor, such as a job on behalf of a user.
 * @returns what `fn` returns.
 */
export function runAs<T>(actor: Actor | null, fn: () => T): T {
  return runInContext(fn, actor);
}
