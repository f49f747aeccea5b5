/** Work on ascending lists of times (nanoseconds), repeats included. */
export function sortedTimes(times: readonly bigint[]): BigInt64Array {
  return BigInt64Array.from(times).sort();
}

/** Writes times of any order to `target` from `start` on, ascending. */
export function setSorted(target: BigInt64Array, times: readonly bigint[], start: number): void {
  let isInOrder = true;
  for (let i = 0; i < times.length; i++) {
    target[start + i] = times[i]!;
    if (i > 0 && times[i]! < times[i - 1]!) isInOrder = false;
  }
  if (!isInOrder) target.subarray(start, start + times.length).sort();
}

/** Both lists as one. */
export function mergeTimes(a: BigInt64Array, b: BigInt64Array): BigInt64Array {
  const merged = new BigInt64Array(a.length + b.length);
  merged.set(a);
  merged.set(b, a.length);
  const isInOrder = a.length === 0 || b.length === 0 || a[a.length - 1]! <= b[0]!;
  return isInOrder ? merged : merged.sort();
}

/** Index of the first time not before the given one. */
export function indexFrom(times: BigInt64Array, time: bigint): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first time after the given one. */
export function indexAfter(times: BigInt64Array, time: bigint): number {
  return indexFrom(times, time + 1n);
}

/** Whether each of `some` is among `times`, as often. */
export function containsTimes(times: BigInt64Array, some: BigInt64Array): boolean {
  let at = 0;
  for (const time of some) {
    while (at < times.length && times[at]! < time) at++;
    if (times[at] !== time) return false;
    at++;
  }
  return true;
}
