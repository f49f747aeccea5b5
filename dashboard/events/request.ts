import type { LogRecord } from '../../receiver/record/log-record.ts';
import { attributeText } from './attribute-text.ts';

/** What a record says of an HTTP request; null where it says nothing. */
export interface RequestDetails {
  readonly method: string | null;
  /** `/orders/:id`: one for all requests of its kind. */
  readonly route: string | null;
  /** What was asked for, as far as it is known: a path, or an address of another server. */
  readonly target: string | null;
  readonly server: string | null;
  readonly status: string | null;
  /** In seconds. */
  readonly duration: number | null;
  readonly direction: string | null;
  readonly error: string | null;
}

export function requestDetails(record: LogRecord): RequestDetails {
  const text = (key: string): string | null => attributeText(record, key);
  return {
    method: text('http.request.method'),
    route: text('http.route'),
    target: text('url.full') ?? text('url.path'),
    server: text('server.address'),
    status: text('http.response.status_code'),
    duration: durationOf(record),
    direction: text('logvitals.http.direction'),
    error: text('error.type') ?? text('exception.type'),
  };
}

/** `logvitals.duration`, when it is a time that can be. */
export function durationOf({ attributes }: LogRecord): number | null {
  const value = attributes.get('logvitals.duration');
  const seconds = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  return seconds >= 0 && Number.isFinite(seconds) ? seconds : null;
}

/** The value that so large a share of the values do not exceed (nearest rank); null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const ascending = values.toSorted((one, other) => one - other);
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? null;
}
