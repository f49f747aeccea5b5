import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RangeSettings } from './config.ts';
import { allowing, parsed } from './setting.ts';
import { parseDuration, parseSize } from './units.ts';

/** A time span between two others, all written as `90s`, `5m`, `1h`, `7d`; becomes milliseconds. */
export function duration(min: string, max: string) {
  const lowest = parseDuration(min)!;
  const highest = parseDuration(max)!;
  return parsed(`a duration such as "90s", "5m", "1h" or "7d", from ${min} to ${max}`, (value: string) => {
    const milliseconds = typeof value === 'string' ? parseDuration(value) : null;
    return milliseconds !== null && milliseconds >= lowest && milliseconds <= highest ? milliseconds : undefined;
  });
}

/** A number of bytes, or a text such as `64MiB`; becomes bytes. */
export function size(min: string, max: string) {
  const lowest = parseSize(min)!;
  const highest = parseSize(max)!;
  return parsed(`a size such as "64MiB" or a number of bytes, from ${min} to ${max}`, (value: string | number) => {
    const bytes = typeof value === 'string' ? (/^\d{1,15}$/.test(value) ? Number(value) : parseSize(value)) : value;
    return Number.isSafeInteger(bytes) && bytes! >= lowest && bytes! <= highest ? bytes! : undefined;
  });
}

const MINUTES_A_DAY = 24 * 60;

/** The length of one slot of a strip: a calendar day, or minutes that divide a day evenly. */
export function slotLength() {
  return parsed(
    '"day" or a duration of whole minutes that divides a day, such as "5m", "1h" or "6h"',
    (value: string): RangeSettings['slot'] | undefined => {
      if (value === 'day') return { unit: 'day' };
      const minutes = typeof value === 'string' ? (parseDuration(value) ?? 0) / 60_000 : 0;
      return minutes >= 1 && MINUTES_A_DAY % minutes === 0 ? { unit: 'minutes', minutes } : undefined;
    },
  );
}

/** A storage URL, or the user's own storage (P41), recognised by the methods no store can do without. */
export function storage() {
  return parsed(
    'a storage URL (file:FOLDER, postgres://…, mongodb://…, mongodb+srv://…) or an object implementing LogStore',
    (value: string | object) => {
      if (typeof value === 'string') {
        return /^(file:.|(postgres|postgresql|mongodb|mongodb\+srv):\/\/.)/.test(value) ? value : undefined;
      }
      return isStore(value) ? value : undefined;
    },
  );
}

function isStore(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const methods = value as Readonly<Record<string, unknown>>;
  return ['append', 'cards', 'search', 'close'].every((name) => typeof methods[name] === 'function');
}

/** A name that SQL takes without quotes. */
export function sqlName() {
  const error =
    'a name of at most 40 lower-case letters, digits and underscores that begins with a letter, such as "logvitals"';
  return allowing(error, z.string({ error }).regex(/^(?!pg_)[a-z][a-z0-9_]{0,39}$/, { error }));
}

export function host() {
  const error = 'a host name or an IP address';
  return allowing(error, z.string({ error }).regex(/^[A-Za-z0-9_.:%-]{1,255}$/, { error }));
}

/** A name as it stands in a Host header, its port aside. */
export function hostName() {
  const error = 'a host name such as "logs.example.com", without a port';
  return allowing(error, z.string({ error }).regex(/^[A-Za-z0-9._-]{1,253}$/, { error }));
}

export function timeZone() {
  return parsed('an IANA time zone such as "Europe/Budapest", or null', (value: string | null) => {
    if (value === null) return null;
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
    } catch {
      return undefined;
    }
  });
}

export function httpPath() {
  const error = 'a path that begins with /, such as "/v1/logs"';
  return allowing(error, z.string({ error }).regex(/^\/[A-Za-z0-9/_.~-]{1,200}$/, { error }));
}

/** An origin as browsers send it. */
export function origin() {
  const error = 'an origin such as "https://app.example.com", without a path, or "*"';
  return allowing(error, z.string({ error }).refine(isOrigin, { error }));
}

function isOrigin(value: string): boolean {
  return value === '*' || (/^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value);
}

/** A bearer token as RFC 6750 allows it to be written; becomes its SHA-256 so that nothing later can show it. */
export function token() {
  return parsed('a token of 16 to 512 characters out of A-Z a-z 0-9 - . _ ~ + / =', (value: string) =>
    typeof value === 'string' && /^(?=.{16,512}$)[A-Za-z0-9\-._~+/]+=*$/.test(value)
      ? createHash('sha256').update(value).digest('hex')
      : undefined,
  );
}

export function sha256() {
  return parsed('the SHA-256 of a token, 64 hexadecimal digits', (value: string) =>
    typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined,
  );
}

export function listener() {
  return parsed(
    'a function that takes an alert, or null',
    (value: ((alert: never) => unknown) | null): ((alert: never) => unknown) | null | undefined =>
      value === null || typeof value === 'function' ? value : undefined,
  );
}
