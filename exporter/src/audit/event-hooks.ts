import { sayOnce } from '../emit/said-once.ts';

/** One per process, although the package may be loaded twice, as an ES module and by `require`. */
const HOOKS = Symbol.for('logvitals.exporter.audit.hooks');
const shared = globalThis as { [HOOKS]?: Set<(event: never) => unknown> };

/**
 * Calls `hook` with every audit event of this process from now on, data layers' included, right after it was emitted.
 * What the hook throws or rejects with is said once, and reaches neither the application nor another hook (P77).
 * @returns what removes the hook.
 */
export function addHook<Event>(hook: (event: Event) => unknown): () => void {
  shared[HOOKS] ??= new Set();
  const hooks = shared[HOOKS];
  hooks.add(hook);
  return () => {
    hooks.delete(hook);
  };
}

export function callHooks(event: unknown): void {
  for (const hook of shared[HOOKS] ?? []) void call(hook, event);
}

async function call(hook: (event: never) => unknown, event: unknown): Promise<void> {
  try {
    await hook(event as never);
  } catch (error) {
    sayOnce(
      'hook failed',
      `a hook on audit events failed: ${error instanceof Error ? error.message : 'no error given'}`,
    );
  }
}
