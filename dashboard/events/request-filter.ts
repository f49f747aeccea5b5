import { shown } from '../../receiver/query/syntax.ts';
import { type Field, fieldEquals, type Query } from '../../receiver/query/tree.ts';
import type { TimeZone } from '../health/time-zone.ts';
import {
  fault,
  narrowedFilter,
  oneOf,
  type ParamResult,
  type QueryString,
  type RecordFilter,
  single,
} from '../params.ts';

const STATUS: Field = { kind: 'attribute', key: 'http.response.status_code' };
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const DURATION: Field = { kind: 'attribute', key: 'logvitals.duration' };

/** The parameters that requests are asked for by, and the fields that they stand for. */
const REQUEST_FIELDS = {
  direction: { kind: 'attribute', key: 'logvitals.http.direction' },
  method: { kind: 'attribute', key: 'http.request.method' },
  route: { kind: 'attribute', key: 'http.route' },
  server: { kind: 'attribute', key: 'server.address' },
  actor: { kind: 'named', name: 'actor' },
} as const satisfies Readonly<Record<string, Field>>;

/** HTTP requests (`logvitals.http`) by their own parameters and those of all lists of records (`recordFilter`). */
export function requestFilter(
  query: QueryString,
  now: bigint,
  zone: TimeZone | null = null,
): ParamResult<RecordFilter> {
  const status = oneOf(query, 'status', STATUS_CLASSES);
  if (!status.ok) return status;
  const slower = slowerThan(query);
  if (slower === undefined && single(query, 'slower') !== undefined) {
    return fault('slower', `must be a number of seconds such as 0.5, not ${shown(single(query, 'slower')!)}`);
  }
  return narrowedFilter(query, { now, zone }, REQUEST_FIELDS, [
    fieldEquals('event', 'logvitals.http'),
    ...statusTerms(status.value),
    ...slownessTerms(slower),
  ]);
}

/** `5xx` as it is, or undefined: anything else is no class of statuses. */
export function statusClass(query: QueryString): string | undefined {
  const status = oneOf(query, 'status', STATUS_CLASSES);
  return status.ok ? status.value : undefined;
}

/** A number of seconds as it was written, or undefined. */
export function slowerThan(query: QueryString): string | undefined {
  const asked = single(query, 'slower');
  return asked !== undefined && /^\d{1,6}(?:\.\d{1,3})?$/.test(asked) ? asked : undefined;
}

function statusTerms(status: string | undefined): Query[] {
  if (status === undefined) return [];
  const lowest = Number(status.charAt(0)) * 100;
  return [
    { type: 'field', field: STATUS, test: { op: '>=', value: lowest } },
    { type: 'field', field: STATUS, test: { op: '<', value: lowest + 100 } },
  ];
}

function slownessTerms(seconds: string | undefined): Query[] {
  return seconds === undefined ? [] : [{ type: 'field', field: DURATION, test: { op: '>=', value: Number(seconds) } }];
}
