/** Sets bits of a bit map that is kept in bytes. */
export function setBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >>> 3]! |= 1 << (bit & 7);
}

export function hasBit(bytes: Uint8Array, bit: number): boolean {
  return (bytes[bit >>> 3]! & (1 << (bit & 7))) !== 0;
}

/** Spreads the bits of a number over all of 0 … 2^32 − 1 (MurmurHash3's finalizer). */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
