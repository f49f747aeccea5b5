/** Tags of the fields a record begins with, as `encodeRequest` writes it: time_unix_nano and observed_time_unix_nano. */
const TIME_TAG = 0x09;
const OBSERVED_TAG = 0x59;
/** Bytes of a field of a fixed 64-bit number with its tag. */
const TIME_FIELD = 9;
/** Tags of ResourceLogs in the request, of ScopeLogs in those, and of LogRecord in these: field numbers 1, 2 and 2. */
const PATH = [0x0a, 0x12, 0x12] as const;

/** Adds nanoseconds to both times of every record of a request that `encodeRequest` wrote, in place. */
export function shiftTimes(request: Buffer, nanoseconds: bigint): void {
  shiftWithin(request, 0, request.length, 0, nanoseconds);
}

function shiftWithin(request: Buffer, start: number, end: number, depth: number, nanoseconds: bigint): void {
  let at = start;
  while (at < end) {
    const tag = request[at++];
    let length = 0;
    let byte: number;
    let bits = 0;
    do {
      byte = request[at++]!;
      length += (byte & 127) * 2 ** bits;
      bits += 7;
    } while (byte > 127);
    if (tag === PATH[depth]) {
      if (depth < PATH.length - 1) shiftWithin(request, at, at + length, depth + 1, nanoseconds);
      else shiftRecord(request, at, nanoseconds);
    }
    at += length;
  }
}

function shiftRecord(request: Buffer, start: number, nanoseconds: bigint): void {
  if (request[start] !== TIME_TAG || request[start + TIME_FIELD] !== OBSERVED_TAG) {
    throw new Error('a record does not begin with its two times');
  }
  for (const at of [start + 1, start + 1 + TIME_FIELD]) {
    request.writeBigUInt64LE(request.readBigUInt64LE(at) + nanoseconds, at);
  }
}
