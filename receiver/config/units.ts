const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** `90s`, `5m`, `1h`, `7d` and the like in milliseconds, null for anything else. */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, DURATION_UNITS);
}

/** `64MiB`, `10 MB`, `512B` and the like in bytes, null for anything else. */
export function parseSize(text: string): number | null {
  return parseQuantity(text, SIZE_UNITS);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d{1,15}) ?([A-Za-z]{1,3})$/.exec(text);
  if (!match) return null;
  const [, digits, unit] = match;
  if (!Object.hasOwn(units, unit!)) return null;
  const quantity = Number(digits) * units[unit!]!;
  return Number.isSafeInteger(quantity) ? quantity : null;
}
