import type { AnyValue } from '../record/any-value.ts';
import type { AttributeGroup, ExceptionTemplate } from './catalogue.ts';
import type { Random } from './random.ts';

/** The facts of one request, shared by all the lines it leaves. */
export type Facts = Readonly<Record<string, string>>;

const ROUTES = [
  { route: '/', path: '/' },
  { route: '/products/:sku', path: '/products/{sku}' },
  { route: '/cart', path: '/cart' },
  { route: '/checkout', path: '/checkout' },
  { route: '/orders/:id', path: '/orders/{order}' },
  { route: '/api/v1/search', path: '/api/v1/search' },
  { route: '/account', path: '/account' },
] as const;
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT'];
const TABLES = ['orders', 'order_items', 'articles', 'stock', 'users', 'payments'];
const WORDS = ['garden', 'chair', 'lamp', 'oak', 'blue', 'travel', 'mug', 'wool', 'desk', 'bicycle', 'kettle', 'frame'];
const TOPICS = ['order-placed', 'mail', 'parcel-events', 'index-updates'];

export function drawFacts(random: Random): Facts {
  const { route, path } = random.pick(ROUTES);
  const sku = `SKU-${random.between(10_000, 99_999)}`;
  const order = String(random.between(4_000_000, 4_999_999));
  return {
    route,
    path: path.replace('{sku}', sku).replace('{order}', order),
    method: random.pick(METHODS),
    sku,
    order,
    user: String(random.between(1000, 9999)),
    amount: (random.between(500, 30_000) / 100).toFixed(2),
    qty: String(random.between(1, 5)),
    ip: `198.51.${random.between(0, 255)}.${random.between(1, 254)}`,
    id: random.hex(8),
    table: random.pick(TABLES),
    words: `${random.pick(WORDS)} ${random.pick(WORDS)}`,
    topic: random.pick(TOPICS),
  };
}

/** Numbers that differ from line to line. */
export function drawMeasures(random: Random): Facts {
  return {
    ms: String(random.between(1, 180)),
    slow: String(random.between(1200, 30_000)),
    n: String(random.between(1, 250)),
  };
}

export function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => facts[name] ?? placeholder);
}

type Fill = (attributes: Map<string, AnyValue>, facts: Facts, failed: boolean) => void;

const GROUPS: Readonly<Record<AttributeGroup, Fill>> = {
  http(attributes, { method, route, path, ip, ms }, failed) {
    attributes.set('http.request.method', method!);
    attributes.set('http.route', route!);
    attributes.set('url.path', path!);
    attributes.set('http.response.status_code', failed ? 502n : 200n);
    attributes.set('client.address', ip!);
    attributes.set('logvitals.duration', Number(ms) / 1000);
  },
  database(attributes, { table, n }, failed) {
    attributes.set('db.system.name', 'postgresql');
    attributes.set('db.collection.name', table!);
    attributes.set('db.operation.name', 'SELECT');
    if (!failed) attributes.set('db.response.returned_rows', BigInt(n!));
  },
  queue(attributes, { topic, id, ms }) {
    attributes.set('messaging.system', 'kafka');
    attributes.set('messaging.destination.name', topic!);
    attributes.set('messaging.message.id', id!);
    attributes.set('messaging.message.body.size', BigInt(ms!) * 17n);
  },
  user(attributes, { user }) {
    attributes.set('user.id', user!);
  },
  order(attributes, { order, sku }) {
    attributes.set('order.id', order!);
    attributes.set('product.sku', sku!);
  },
  job(attributes, { id, n, ms }) {
    attributes.set('job.id', id!);
    attributes.set('job.items', BigInt(n!));
    attributes.set('logvitals.duration', Number(ms) / 100);
  },
  audit(attributes, { user, order }) {
    attributes.set('logvitals.audit.action', 'update');
    attributes.set('logvitals.audit.tool', 'shop-admin');
    attributes.set('logvitals.object.type', 'order');
    attributes.set('logvitals.object.id', order!);
    attributes.set('logvitals.initiator', user!);
  },
  login(attributes, { user }) {
    attributes.set('user.name', `user${user}`);
    attributes.set('session.kind', 'password');
  },
};

export function fillGroup(
  group: AttributeGroup,
  attributes: Map<string, AnyValue>,
  facts: Facts,
  failed: boolean,
): void {
  GROUPS[group](attributes, facts, failed);
}

export function fillException({ type, message, frames }: ExceptionTemplate, attributes: Map<string, AnyValue>): void {
  attributes.set('exception.type', type);
  attributes.set('exception.message', message);
  attributes.set(
    'exception.stacktrace',
    [`${type}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n'),
  );
}
