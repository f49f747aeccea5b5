/**
 * Calls back with every range widened by `margin` characters on both sides within `[start, end)`, those that meet as one.
 * Characters, not bytes: a region never cuts one, and however it is folded it has `margin` bytes around the range.
 */
export function forEachWidened(
  bytes: Uint8Array,
  start: number,
  end: number,
  ranges: { readonly starts: Uint32Array; readonly ends: Uint32Array; readonly tokens: number },
  margin: number,
  onRegion: (bytes: Uint8Array, start: number, end: number) => void,
): void {
  let regionStart = -1;
  let regionEnd = -1;
  for (let index = 0; index < ranges.tokens; index++) {
    const from = widenLeft(bytes, ranges.starts[index]!, start, margin);
    if (from > regionEnd) {
      if (regionStart >= 0) onRegion(bytes, regionStart, regionEnd);
      regionStart = from;
    }
    regionEnd = widenRight(bytes, ranges.ends[index]!, end, margin);
  }
  if (regionStart >= 0) onRegion(bytes, regionStart, regionEnd);
}

function widenLeft(bytes: Uint8Array, position: number, start: number, margin: number): number {
  let characters = 0;
  let at = position;
  while (at > start && characters < margin) if (!isContinuation(bytes[--at]!)) characters++;
  return at;
}

function widenRight(bytes: Uint8Array, position: number, end: number, margin: number): number {
  let at = position;
  for (let characters = 0; at < end && characters < margin; characters++) {
    at++;
    while (at < end && isContinuation(bytes[at]!)) at++;
  }
  return at;
}

/** Whether a byte goes on with a character of UTF-8. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
