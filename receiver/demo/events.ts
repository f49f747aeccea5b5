import type { AnyValue, KeyValueList } from '../record/any-value.ts';
import type { LogRecord } from '../record/log-record.ts';
import { CUSTOM_SEVERITIES, LOWEST_SEVERITY } from '../record/severity.ts';
import { drawFacts } from './attributes.ts';
import { originOf } from './generator.ts';
import { Random } from './random.ts';

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
/** Keeps these random numbers apart from those of the traffic. */
const EVENT_STREAM = 0x0a0d17;
/** Of an hour, on average. */
const REQUESTS = 14;
const CHANGES = 5;
const SIGN_INS = 2;
const IMPORTS = 0.3;

interface EventRange {
  readonly seed: number;
  /** Nanoseconds since the Unix epoch, `[from, to)`. */
  readonly from: bigint;
  readonly to: bigint;
}

/** What the shop's parts tell beside their lines: HTTP requests, who changed what, sign-ins, and imports as groups of events. */
export function* generateEvents({ seed, from, to }: EventRange): Generator<LogRecord, void, undefined> {
  for (let hour = from / HOUR; hour * HOUR < to; hour++) {
    const random = new Random(seed, EVENT_STREAM, Number(hour));
    const records = hourOfEvents(random, hour * HOUR);
    for (const record of records) if (record.timestamp >= from && record.timestamp < to) yield record;
  }
}

function hourOfEvents(random: Random, start: bigint): LogRecord[] {
  const at = () => start + BigInt(Math.floor(random.next() * 3_500_000)) * 1_000_000n;
  const times = (average: number) => Math.floor(average) + Number(random.chance(average % 1));
  const repeat = (average: number, make: () => LogRecord[]) => Array.from({ length: times(average) }, make).flat();
  return [
    ...repeat(REQUESTS, () => [requestEvent(random, at())]),
    ...repeat(CHANGES, () => [changeEvent(random, at())]),
    ...repeat(SIGN_INS, () => [signInEvent(random, at())]),
    ...repeat(IMPORTS, () => importEvents(random, at())),
  ].sort((one, other) => Number(one.timestamp - other.timestamp));
}

/** What one moment of the live demo tells. */
export function liveEvents(random: Random, time: bigint): LogRecord[] {
  const draw = random.next();
  if (draw < 0.6) return [requestEvent(random, time)];
  if (draw < 0.9) return [changeEvent(random, time)];
  return draw < 0.98 ? [signInEvent(random, time)] : importEvents(random, time - 40n * SECOND);
}

interface User {
  readonly id: string;
  readonly name: string;
}

const USERS: readonly User[] = [
  { id: '1041', name: 'Ana Kovács' },
  { id: '1187', name: 'Bo Lindqvist' },
  { id: '2093', name: 'Chidi Okafor' },
  { id: '2318', name: 'Dana Silva' },
  { id: '3702', name: 'Emre Yılmaz' },
  { id: '4410', name: 'Fumiko Sato' },
];

const userAttributes = ({ id, name }: User): Record<string, AnyValue> => ({ 'user.id': id, 'user.name': name });

function requestEvent(random: Random, time: bigint): LogRecord {
  const { method, route, path, ip } = drawFacts(random);
  const isOutgoing = random.chance(0.2);
  const isFailure = random.chance(0.03);
  const isRefused = !isFailure && random.chance(0.06);
  const fine = isOutgoing ? [200, 201] : [200, 200, 200, 201, 304];
  const status = isFailure ? 502 : random.pick(isRefused ? [401, 404, 422] : fine);
  const seconds = Number((0.004 + random.next() ** 6 * 3.2 + (isFailure ? 2 : 0)).toFixed(4));
  const severity = {
    severityNumber: isFailure ? LOWEST_SEVERITY.ERROR : CUSTOM_SEVERITIES.API,
    severityText: 'API',
  };
  const shared = {
    'http.request.method': isOutgoing ? 'POST' : method!,
    'http.response.status_code': BigInt(status),
    'logvitals.duration': seconds,
    ...(isFailure ? { 'error.type': 'GatewayTimeoutError' } : {}),
  };
  if (isOutgoing) {
    const host = random.pick(['api.parcelgo.example', 'api.cardpay.example']);
    const url = `https://${host}/v2/${host.includes('parcel') ? 'shipments' : 'charges'}`;
    return event('shipping.carrier', time, severity, 'logvitals.http', `POST ${url} ${status}`, {
      ...shared,
      'url.full': url,
      'server.address': host,
      'logvitals.http.direction': 'external',
    });
  }
  return event('web.access', time, severity, 'logvitals.http', `${method} ${route} ${status}`, {
    ...shared,
    'http.route': route!,
    'url.path': path!,
    'client.address': ip!,
    'logvitals.http.direction': 'internal',
    ...(random.chance(0.6) ? userAttributes(random.pick(USERS)) : {}),
  });
}

const AUDIT = { severityNumber: CUSTOM_SEVERITIES.AUDIT, severityText: 'AUDIT' };
const TOOLS = ['shop-admin', 'shop-admin', 'support-desk', 'stock-cli'];

interface Change {
  readonly action: string;
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly before: Readonly<Record<string, AnyValue>>;
  readonly after: Readonly<Record<string, AnyValue>>;
}

function drawChange(random: Random): Change {
  const order = String(4_100_000 + random.between(1, 60));
  const product = `SKU-${10_000 + random.between(1, 40)}`;
  const names = ['Oak desk', 'Travel mug', 'Wool blanket', 'Garden chair', 'Blue kettle'];
  const name = names[Number(product.slice(-1)) % names.length]!;
  const price = random.between(900, 24_000) / 100;
  return random.pick<Change>([
    {
      action: 'update',
      type: 'order',
      id: order,
      name: `Order ${order}`,
      before: { status: 'open', payment: keyValues({ state: 'pending', method: null }) },
      after: { status: 'paid', payment: keyValues({ state: 'captured', method: 'card' }) },
    },
    {
      action: 'update',
      type: 'order',
      id: order,
      name: `Order ${order}`,
      before: { address: keyValues({ city: 'Győr', zip: '9021' }), note: null },
      after: {
        address: keyValues({ city: 'Pécs', zip: '7621' }),
        note: 'leave it with the neighbour, second door on the left',
      },
    },
    {
      action: 'update',
      type: 'product',
      id: product,
      name,
      before: { price, stock: BigInt(random.between(0, 9)) },
      after: { price: Number((price * 0.9).toFixed(2)), stock: BigInt(random.between(10, 90)) },
    },
    {
      action: 'create',
      type: 'product',
      id: product,
      name,
      before: { name: null, price: null },
      after: { name, price },
    },
    {
      action: 'delete',
      type: 'product',
      id: product,
      name,
      before: { name, price },
      after: { name: null, price: null },
    },
    { action: 'access', type: 'order', id: order, name: `Order ${order}`, before: {}, after: {} },
  ]);
}

function changeEvent(random: Random, time: bigint): LogRecord {
  const { action, type, id, name, before, after } = drawChange(random);
  const user = random.pick(USERS);
  const changes = Object.keys(after).length > 0;
  return event('accounts.audit', time, AUDIT, 'logvitals.audit', `${action} ${type} ${id}`, {
    'logvitals.audit.action': action,
    'logvitals.audit.tool': random.pick(TOOLS),
    'logvitals.object.type': type,
    'logvitals.object.id': id,
    'logvitals.object.name': name,
    ...userAttributes(user),
    ...(changes && {
      'logvitals.changes': keyValues({ old_value: keyValues(before), new_value: keyValues(after) }),
    }),
  });
}

function signInEvent(random: Random, time: bigint): LogRecord {
  const user = random.pick(USERS);
  const isFailure = random.chance(0.12);
  const severity = {
    severityNumber: isFailure ? LOWEST_SEVERITY.WARN : CUSTOM_SEVERITIES.LOGIN,
    severityText: 'LOGIN',
  };
  const action = isFailure ? 'login_failed' : random.pick(['login', 'login', 'logout']);
  return event('accounts.login', time, severity, 'logvitals.login', `${action} ${user.name}`, {
    'logvitals.audit.action': action,
    'client.address': drawFacts(random).ip!,
    ...userAttributes(user),
    ...(isFailure ? { 'error.type': 'WrongPassword' } : {}),
  });
}

interface Step {
  /** Seconds since the step before, about. */
  readonly after: number;
  readonly type: string;
  readonly body: string;
  readonly data?: Readonly<Record<string, AnyValue>>;
}

/** One run of the supplier import: a group of events, some of types of its own. */
function importEvents(random: Random, start: bigint): LogRecord[] {
  const group = `import-${random.hex(8)}`;
  const rows = random.between(200, 9000);
  const steps: Step[] = [
    {
      after: 0,
      type: 'info',
      body: 'Import of the supplier feed started',
      data: { feed: 'garden-2', rows: BigInt(rows) },
    },
    { after: 1, type: 'checkpoint', body: 'Feed downloaded and checked', data: { bytes: BigInt(rows * 311) } },
    { after: 3, type: 'info', body: `${rows} rows read` },
  ];
  if (random.chance(0.5)) {
    const data = { rows: 7n, first: 'SKU-10031' };
    steps.push({ after: 2, type: 'warning', body: 'Rows without a price left out', data });
  }
  steps.push({ after: 26, type: 'checkpoint', body: 'Stock compared with warehouse 3' });
  if (random.chance(0.2)) {
    const body = 'Import broken off: the warehouse does not answer';
    steps.push({ after: 2, type: 'critical', body, data: { attempts: 3n } });
  } else {
    const data = { changed: BigInt(Math.floor(rows / 9)), unchanged: BigInt(rows) };
    steps.push({ after: 2, type: 'success', body: 'Import finished', data });
  }
  let time = start;
  return steps.map(({ after, type, body, data }) => {
    time += BigInt(Math.floor(after * (0.5 + random.next()) * 1000)) * 1_000_000n + BigInt(random.between(0, 999_999));
    return event('inventory.import', time, severityOf(type), 'logvitals.event', body, {
      'logvitals.group.id': group,
      'logvitals.event.type': type,
      'logvitals.initiator': 'nightly-import',
      ...(COLOURS[type] === undefined ? {} : { 'logvitals.event.color': COLOURS[type] }),
      ...(data === undefined ? {} : { 'logvitals.data': keyValues(data) }),
    });
  });
}

const COLOURS: Readonly<Record<string, string>> = { checkpoint: '#7c5cff', success: 'seagreen' };

function severityOf(type: string): { severityNumber: number; severityText: string } {
  const numbers: Readonly<Record<string, number>> = { warning: LOWEST_SEVERITY.WARN, critical: LOWEST_SEVERITY.FATAL };
  const texts: Readonly<Record<string, string>> = { warning: 'WARN', critical: 'FATAL' };
  return { severityNumber: numbers[type] ?? LOWEST_SEVERITY.INFO, severityText: texts[type] ?? type.toUpperCase() };
}

const keyValues = (values: Readonly<Record<string, AnyValue>>): KeyValueList => new Map(Object.entries(values));

function event(
  logger: string,
  timestamp: bigint,
  severity: { readonly severityNumber: number; readonly severityText: string },
  eventName: string,
  body: string,
  attributes: Readonly<Record<string, AnyValue>>,
): LogRecord {
  return {
    timestamp,
    observedTimestamp: timestamp,
    ...severity,
    ...originOf(logger),
    body,
    attributes: keyValues(attributes),
    traceId: '',
    spanId: '',
    flags: 0,
    eventName,
    droppedAttributesCount: 0,
  };
}
