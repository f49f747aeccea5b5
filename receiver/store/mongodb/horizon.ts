import type { Clock } from '../../record/clock.ts';

const DAY = 86_400_000_000_000n;

/** The age at which records are forgotten; null where nothing is forgotten by itself. */
export type Horizon = () => bigint | null;

/**
 * The TTL monitor comes by once a minute and takes its time, and counts expire by the day. So that counts and records
 * agree at any moment, nothing shows what is older than retention allows, whether it is still there or not.
 */
export function createHorizon(now: Clock, retentionDays: number | undefined): Horizon {
  if (retentionDays === undefined) return () => null;
  const kept = BigInt(retentionDays) * DAY;
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
