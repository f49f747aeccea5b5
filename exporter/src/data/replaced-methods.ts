import { perProcess } from '../per-process.ts';

/**
 * Puts methods of ours in place of an object's own, or inherited, ones.
 * @returns what puts everything back, except where somebody else has replaced ours since.
 */
export function replaceMethods(target: object, methods: Readonly<Record<string, unknown>>): () => void {
  const found = Object.getOwnPropertyDescriptors(target) as Record<string, PropertyDescriptor | undefined>;
  Object.assign(target, methods);
  return () => {
    for (const [name, method] of Object.entries(methods)) {
      const before = found[name];
      if (Reflect.get(target, name) !== method) continue;
      if (before === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, before);
    }
  };
}

/** What takes the recording off an object. */
const recorded = perProcess('recorded', () => new WeakMap<object, () => void>());

/**
 * Has an object recorded once, however often that is asked for: the latest recording takes the place of the one before.
 * @param install Sets the recording up, and returns what takes it off.
 */
export function recordOnce(target: object, install: () => () => void): void {
  recorded.get(target)?.();
  recorded.set(target, install());
}
