import { Binary } from 'mongodb';
import { formatId, type Position, parseId } from '../../common/ids.ts';

const POSITION_BYTES = 16;

/** Ids as they are written down: time and sequence of each, eight bytes each, little-endian. */
export function encodeIds(ids: readonly string[]): Binary {
  const bytes = Buffer.allocUnsafe(ids.length * POSITION_BYTES);
  for (const [index, id] of ids.entries()) {
    const { timestamp, sequence } = parseId(id) as Position;
    bytes.writeBigInt64LE(timestamp, index * POSITION_BYTES);
    bytes.writeBigInt64LE(BigInt(sequence), index * POSITION_BYTES + 8);
  }
  return new Binary(bytes);
}

/** The ids that were encoded. */
export function decodeIds(encoded: Binary): string[] {
  const bytes = Buffer.from(encoded.buffer);
  return Array.from({ length: encoded.length() / POSITION_BYTES }, (_, index) =>
    formatId(bytes.readBigInt64LE(index * POSITION_BYTES), Number(bytes.readBigInt64LE(index * POSITION_BYTES + 8))),
  );
}
