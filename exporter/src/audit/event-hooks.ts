import { AsyncLocalStorage } from 'node:async_hooks';
import { idText } from '../emit/emit.ts';
import { sayOnce } from '../emit/said-once.ts';
import { perProcess } from '../per-process.ts';
import { readable } from '../readable.ts';
import type { LoggedEvent } from './audit-event.ts';

/** Called with every event that is logged. A promise may be returned. */
export type EventHook = (event: LoggedEvent) => unknown;

const hooks = perProcess('audit.hooks', () => ({
  all: new Set<EventHook>(),
  /** Set in what a hook does: events logged there call no hooks, or one that logs would never end. */
  within: new AsyncLocalStorage<true>(),
}));

/**
 * Calls `hook` with every audit event and login of this process from now on, right after it was emitted; data layers'
 * included, those that hooks log not. What the hook throws or rejects with is said once, and reaches neither the
 * application nor another hook (P77).
 * @returns what removes the hook.
 */
export function onEvent(hook: EventHook): () => void {
  if (typeof hook !== 'function') throw new TypeError('@logvitals/exporter: onEvent() needs a function');
  hooks.all.add(hook);
  return () => {
    hooks.all.delete(hook);
  };
}

/** Never throws, waits for nothing. */
export function callHooks(event: LoggedEvent): void {
  if (hooks.all.size === 0 || hooks.within.getStore()) return;
  hooks.within.run(true, () => {
    // A copy: hooks that are added meanwhile, perhaps by a hook, are for events to come.
    for (const hook of [...hooks.all]) void call(hook, event);
  });
}

async function call(hook: EventHook, event: LoggedEvent): Promise<void> {
  try {
    await hook(event);
  } catch (error) {
    const reason = idText(readable(error as Partial<Error> | null, ['message'])?.message) ?? 'it threw no error';
    sayOnce('hook failed', `a hook on audit events failed, which is ignored: ${reason.slice(0, 200)}`);
  }
}
