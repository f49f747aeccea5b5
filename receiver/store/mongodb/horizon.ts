import type { Clock } from '../../record/clock.ts';

const SECOND = 1_000_000_000n;

/** The time before which everything is forgotten; null where nothing is forgotten by itself. */
export type Horizon = () => bigint | null;

/**
 * The TTL monitor comes by once a minute and takes its time, and counts expire by the day. So that counts and records
 * agree at any moment, nothing shows what is older than that, whether it is still there or not. `expiry` is in seconds.
 */
export function createHorizon(now: Clock, expiry: number | null): Horizon {
  if (expiry === null) return () => null;
  const kept = BigInt(expiry) * SECOND;
  return () => {
    const horizon = now() - kept;
    return horizon > 0n ? horizon : 0n;
  };
}

/** The later of a time and the horizon. */
export function notBefore(time: bigint | undefined, horizon: bigint | null): bigint | undefined {
  if (horizon === null) return time;
  return time === undefined || time < horizon ? horizon : time;
}
