/** The filters of docs/storage-format.md, asked from that page alone: see format-reader.ts. */
import { DatabaseSync } from 'node:sqlite';

const { imul } = Math;

export function readFilters(path: string): { readonly texts: Uint8Array; readonly keys: Uint8Array }[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const filters = database.prepare('SELECT texts, keys FROM filter').all();
  database.close();
  return filters as unknown as { texts: Uint8Array; keys: Uint8Array }[];
}

/** Whether the folded text may be in one of the block's. */
export function mayHoldText(filter: Uint8Array, text: string): boolean {
  const bytes = Buffer.from(text);
  const places: number[] = [];
  for (let at = 0; at + 3 <= bytes.length; at++) {
    const three = bytes.readUIntBE(at, 3);
    places.push(imul(three, 0x9e3779b1) >>> 13, imul(three, 0x85ebca6b) >>> 13);
    if (at + 4 <= bytes.length) places.push(imul(bytes.readInt32BE(at), 0x27d4eb2f) >>> 13);
    if (at + 5 > bytes.length) continue;
    const rest = imul(bytes.readInt32BE(at + 1), 0x2c1b3c6d);
    places.push((rest ^ imul(bytes[at]! + 1, 0x297a2d39)) >>> 13);
  }
  return places.every((place) => hasBit(filter, place / 2 ** 19));
}

export function mayHoldValue(filter: Uint8Array, key: string, text: string): boolean {
  return mayHold(filter, hash(hash(0, Buffer.from(key)), Buffer.from(text)));
}

export function mayHoldTrace(filter: Uint8Array, traceId: string): boolean {
  return mayHold(filter, hash(0x74726163, Buffer.from(traceId, 'hex')));
}

function mayHold(filter: Uint8Array, hash: number): boolean {
  const step = mix(hash ^ 0x9e3779b9);
  return [0, 1, 2, 3, 4, 5, 6].every((times) => hasBit(filter, ((hash + times * step) % 2 ** 32) / 2 ** 32));
}

/** `share` of the filter's bits come before the one asked for. */
function hasBit(filter: Uint8Array, share: number): boolean {
  const bit = Math.floor(share * filter.length * 8);
  return (filter[bit >> 3]! & (1 << (bit & 7))) !== 0;
}

function hash(seed: number, bytes: Buffer): number {
  let hash = seed ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = imul(hash ^ bytes.readInt32LE(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < bytes.length; at++) {
    hash = imul(hash ^ bytes[at]!, 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return mix(hash) || 1;
}

function mix(number: number): number {
  let mixed = imul(number ^ (number >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
