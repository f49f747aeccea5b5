/** Sets a bit of a bit map that is kept in bytes. */
export function setBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >>> 3]! |= 1 << (bit & 7);
}

export function hasBit(bytes: Uint8Array, bit: number): boolean {
  return (bytes[bit >>> 3]! & (1 << (bit & 7))) !== 0;
}

/** How many of a 32-bit number's bits are set. */
export function bitsSet(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
