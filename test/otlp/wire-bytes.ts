/** Protobuf by hand, for messages that no encoder would write. */

export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** A length-delimited field. */
export function field(number: number, ...content: Buffer[]): Buffer {
  const whole = Buffer.concat(content);
  return Buffer.concat([varint((number << 3) | 2), varint(whole.length), whole]);
}

export function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

export function integer(number: number, value: bigint | number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

export function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([varint((number << 3) | 1), bytes]);
}

export function group(number: number, ...content: Buffer[]): Buffer {
  return Buffer.concat([varint((number << 3) | 3), ...content, varint((number << 3) | 4)]);
}

/** An ExportLogsServiceRequest of the given LogRecord contents, in one scope of one resource. */
export function requestOf(...records: Buffer[]): Buffer {
  return field(1, field(2, ...records.map((record) => field(2, record))));
}

/** `depth` arrays one inside another, as an AnyValue. */
export function nestedArrays(depth: number): Buffer {
  let value: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level++) value = field(5, field(1, value));
  return value;
}
