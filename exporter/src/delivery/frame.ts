import { createHash } from 'node:crypto';

/**
 * A request in a spool's file: a header, then the request's bytes as they will be sent.
 *
 * | bytes | what |
 * |---|---|
 * | 0–3 | `LVS1` |
 * | 4 | 0 while the request waits, 1 once it is settled (delivered, or given up) |
 * | 5–7 | 0 |
 * | 8–11 | length of the request in bytes, little-endian |
 * | 12–15 | number of records in it, little-endian |
 * | 16–31 | the first half of SHA-256 over bytes 8–15 and the request |
 */
export const HEADER_LENGTH = 32;
/** Where the state stands in the header; it alone is ever changed. */
export const STATE_AT = 4;
export const SETTLED = Buffer.from([1]);

const MAGIC = Buffer.from('LVS1');
const LENGTH_AT = 8;
const COUNT_AT = 12;
const DIGEST_AT = 16;

export interface FrameHeader {
  readonly isSettled: boolean;
  /** Bytes of the request. */
  readonly length: number;
  /** Records in it. */
  readonly count: number;
  readonly digest: Buffer;
}

export function encodeFrame(request: Buffer, count: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_LENGTH + request.length).fill(0, 0, HEADER_LENGTH);
  MAGIC.copy(frame);
  frame.writeUInt32LE(request.length, LENGTH_AT);
  frame.writeUInt32LE(count, COUNT_AT);
  digestOf(frame.subarray(LENGTH_AT, DIGEST_AT), request).copy(frame, DIGEST_AT);
  request.copy(frame, HEADER_LENGTH);
  return frame;
}

/** The header at a place of a file's bytes, or null when none stands there. */
export function decodeHeader(bytes: Buffer, at = 0): FrameHeader | null {
  if (bytes.length < at + HEADER_LENGTH || MAGIC.compare(bytes, at, at + MAGIC.length) !== 0) return null;
  return {
    isSettled: bytes[at + STATE_AT] === SETTLED[0],
    length: bytes.readUInt32LE(at + LENGTH_AT),
    count: bytes.readUInt32LE(at + COUNT_AT),
    digest: bytes.subarray(at + DIGEST_AT, at + HEADER_LENGTH),
  };
}

/** Whether a whole frame is as it was written. */
export function isIntact(frame: Buffer, { length, digest }: FrameHeader): boolean {
  if (frame.length !== HEADER_LENGTH + length) return false;
  return digestOf(frame.subarray(LENGTH_AT, DIGEST_AT), frame.subarray(HEADER_LENGTH)).equals(digest);
}

/** Where the next whole frame after a damaged place begins; -1 when none does. */
export function findFrame(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    const header = decodeHeader(bytes, at);
    const frame = header && bytes.subarray(at, at + HEADER_LENGTH + header.length);
    if (header && frame && isIntact(frame, header)) return at;
  }
  return -1;
}

function digestOf(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, HEADER_LENGTH - DIGEST_AT);
}
