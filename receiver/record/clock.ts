/** Now, in nanoseconds since the Unix epoch. Injected wherever time matters, so that tests can move it. */
export type Clock = () => bigint;

export const systemClock: Clock = () => BigInt(Date.now()) * 1_000_000n;
