import { type FiringOptions, loadFiring } from '../health/firing.ts';

/** How many alerts fire now. Never rejects: while the storage is away, none is known to. */
export type FiringCount = () => Promise<number>;

/** How long a count stands, in milliseconds. Every page shows it, and pages come many at a time. */
const LIFETIME = 2000;

export function createFiringCount(options: FiringOptions): FiringCount {
  let count: Promise<number> | null = null;
  const load = async (): Promise<number> => {
    try {
      return (await loadFiring(options)).length;
    } catch {
      return 0;
    } finally {
      const forget = () => {
        count = null;
      };
      setTimeout(forget, LIFETIME).unref();
    }
  };
  return () => {
    count ??= load();
    return count;
  };
}
