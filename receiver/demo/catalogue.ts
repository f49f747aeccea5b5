import { CUSTOM_SEVERITIES, LOWEST_SEVERITY } from '../record/severity.ts';

/** Groups of attributes that belong together; `attributes.ts` fills them. */
export type AttributeGroup = 'http' | 'database' | 'queue' | 'user' | 'order' | 'job' | 'audit' | 'login';

/** One kind of log line. `{names}` in the body are filled from the request it belongs to. */
export interface LineTemplate {
  readonly severityNumber: number;
  readonly severityText: string;
  readonly weight: number;
  readonly body: string;
  readonly groups: readonly AttributeGroup[];
  readonly exception: ExceptionTemplate | null;
}

export interface ExceptionTemplate {
  readonly type: string;
  readonly message: string;
  /** Frames, innermost first. */
  readonly frames: readonly string[];
}

export interface LoggerTemplate {
  readonly service: string;
  readonly logger: string;
  readonly lines: readonly LineTemplate[];
  /** What it says while an incident hits it. */
  readonly trouble: readonly LineTemplate[];
}

const line =
  (severityText: string, severityNumber: number, exception: ExceptionTemplate | null = null) =>
  (weight: number, body: string, ...groups: AttributeGroup[]): LineTemplate => ({
    severityNumber,
    severityText,
    weight,
    body,
    groups,
    exception,
  });

const debug = line('DEBUG', LOWEST_SEVERITY.DEBUG);
const info = line('INFO', LOWEST_SEVERITY.INFO);
const warn = line('WARN', LOWEST_SEVERITY.WARN);
const error = line('ERROR', LOWEST_SEVERITY.ERROR);
const audit = line('AUDIT', CUSTOM_SEVERITIES.AUDIT);
const api = line('API', CUSTOM_SEVERITIES.API);
const login = line('LOGIN', CUSTOM_SEVERITIES.LOGIN);
const fails = (exception: ExceptionTemplate) => line('ERROR', LOWEST_SEVERITY.ERROR, exception);
const dies = (exception: ExceptionTemplate) => line('FATAL', LOWEST_SEVERITY.FATAL, exception);

const GATEWAY_TIMEOUT: ExceptionTemplate = {
  type: 'GatewayTimeoutError',
  message: 'no answer from api.cardpay.example within 10000 ms',
  frames: [
    'CardPayClient.request (/srv/payments/src/gateway/client.ts:88:13)',
    'async authorize (/srv/payments/src/gateway/authorize.ts:41:20)',
    'async PaymentService.charge (/srv/payments/src/service.ts:126:5)',
    'async /srv/payments/src/routes/charges.ts:33:18',
  ],
};

const POOL_EXHAUSTED: ExceptionTemplate = {
  type: 'java.sql.SQLTransientConnectionException',
  message: 'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=20, active=20, idle=0)',
  frames: [
    'com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)',
    'com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:181)',
    'com.acme.checkout.OrderRepository.save(OrderRepository.java:74)',
    'com.acme.checkout.OrderService.place(OrderService.java:132)',
  ],
};

const SHARD_FAILED: ExceptionTemplate = {
  type: 'elastic_transport.ConnectionTimeout',
  message: 'Connection timed out on search-data-2 while merging segment _4k2',
  frames: [
    'search/indexer/bulk.py:118 in flush',
    'search/indexer/worker.py:57 in run_once',
    'search/indexer/__main__.py:21 in main',
  ],
};

const CARRIER_REFUSED: ExceptionTemplate = {
  type: 'CarrierRejectedError',
  message: 'label refused: postal code does not match country HU',
  frames: [
    'createLabel (/srv/shipping/src/carriers/parcelgo.ts:64:11)',
    'async LabelWorker.handle (/srv/shipping/src/workers/label.ts:29:19)',
  ],
};

const OUT_OF_MEMORY: ExceptionTemplate = {
  type: 'java.lang.OutOfMemoryError',
  message: 'Java heap space',
  frames: [
    'java.util.Arrays.copyOf(Arrays.java:3537)',
    'com.acme.inventory.ImportJob.readAll(ImportJob.java:58)',
    'com.acme.inventory.ImportJob.run(ImportJob.java:31)',
  ],
};

function service(name: string, loggers: Record<string, readonly LineTemplate[]>): LoggerTemplate[] {
  return Object.entries(loggers).map(([logger, lines]) => ({
    service: name,
    logger,
    lines: lines.filter(({ weight }) => weight > 0),
    trouble: lines.filter(({ weight }) => weight === 0),
  }));
}

/** Eight services with five loggers each. Lines of weight 0 are said only during incidents. */
export const CATALOGUE: readonly LoggerTemplate[] = [
  ...service('shop-web', {
    'web.access': [
      info(900, '{method} {path} 200 in {ms} ms', 'http'),
      info(100, '{method} {path} 304 in {ms} ms', 'http'),
      error(0, '{method} {path} 502 in {slow} ms: upstream payments failed', 'http'),
    ],
    'web.render': [
      debug(50, 'Rendered {route} with {n} components in {ms} ms', 'http'),
      info(10, 'Served {route} from cache', 'http'),
    ],
    'web.session': [
      info(50, 'Session {id} resumed for user {user}', 'user', 'http'),
      debug(20, 'Session {id} extended by 30 min', 'user'),
    ],
    'web.assets': [debug(60, 'Asset bundle main.{id}.js served, {n} kB', 'http')],
    'web.ratelimit': [
      debug(1500, 'Bucket {ip}: {n} requests left', 'http'),
      warn(4, 'Client {ip} is over its limit of 600 requests a minute', 'http'),
    ],
  }),
  ...service('checkout', {
    'checkout.cart': [
      info(60, 'Added {qty} × {sku} to cart {id}', 'user', 'order'),
      info(20, 'Removed {sku} from cart {id}', 'user', 'order'),
    ],
    'checkout.order': [
      info(60, 'Order {order} placed: {qty} items, {amount} EUR', 'order', 'user'),
      fails(POOL_EXHAUSTED)(0, 'Order {order} could not be saved', 'order', 'database'),
    ],
    'checkout.pricing': [debug(60, 'Priced {qty} items for order {order}: {amount} EUR', 'order')],
    'checkout.coupon': [
      info(30, 'Coupon SAVE{n} applied to order {order}', 'order', 'user'),
      info(8, 'Coupon SAVE{n} has expired', 'order', 'user'),
    ],
    'db.pool': [
      debug(900, 'Connection handed out after {ms} ms ({n} of 20 busy)', 'database'),
      warn(3, 'Waited {slow} ms for a connection (19 of 20 busy)', 'database'),
      fails(POOL_EXHAUSTED)(0, 'Connection pool exhausted: 20 of 20 busy, 34 waiting', 'database'),
    ],
  }),
  ...service('payments', {
    'payments.gateway': [
      info(60, 'Authorized {amount} EUR for order {order} with CardPay', 'order', 'http'),
      info(10, 'Card of user {user} needs a second factor', 'order', 'user'),
      fails(GATEWAY_TIMEOUT)(0, 'Payment provider timed out: order {order}, attempt 3 of 3', 'order', 'http'),
    ],
    'payments.ledger': [
      info(50, 'Booked {amount} EUR for order {order}', 'order', 'database'),
      api(6, 'GET /v1/balance answered in {ms} ms', 'http'),
    ],
    'payments.webhook': [
      info(40, 'Webhook charge.succeeded for order {order} accepted', 'order', 'http'),
      warn(0, 'Webhook signature is {ms} s old, clocks may differ', 'http'),
    ],
    'payments.refund': [info(30, 'Refunded {amount} EUR of order {order}', 'order', 'user')],
    'payments.fraud': [
      debug(50, 'Order {order} scored {n} of 100', 'order'),
      info(5, 'Order {order} held for review, score 9{n}', 'order', 'user'),
    ],
  }),
  ...service('inventory', {
    'inventory.stock': [
      debug(60, 'Stock of {sku} is {n}', 'order', 'database'),
      info(6, 'Stock of {sku} is low: {qty} left', 'order'),
    ],
    'inventory.sync': [info(40, 'Synchronised {n} articles with warehouse 3 in {ms} ms', 'job')],
    'inventory.reservation': [
      info(50, 'Reserved {qty} × {sku} for order {order}', 'order', 'database'),
      warn(0, 'Reservation of {sku} for order {order} timed out, retrying', 'order'),
    ],
    'inventory.import': [
      info(20, 'Imported {n} rows of supplier feed {id}', 'job'),
      dies(OUT_OF_MEMORY)(0, 'Import of supplier feed {id} ended the process', 'job'),
    ],
    'db.query': [
      debug(700, 'SELECT on {table} returned {n} rows in {ms} ms', 'database'),
      warn(3, 'Slow query on {table}: {slow} ms', 'database'),
    ],
  }),
  ...service('accounts', {
    'accounts.login': [
      login(40, 'User {user} signed in from {ip}', 'login', 'user', 'http'),
      login(3, 'Sign-in of user {user} failed: wrong password', 'login', 'user', 'http'),
    ],
    'accounts.profile': [info(30, 'Profile of user {user} read', 'user', 'http')],
    'accounts.audit': [
      audit(20, 'User {user} changed the delivery address of order {order}', 'audit', 'user', 'order'),
      audit(5, 'User {user} granted role support to user {n}', 'audit', 'user'),
    ],
    'accounts.token': [
      debug(50, 'Token {id} verified for user {user}', 'user'),
      info(10, 'Token {id} rotated', 'user'),
    ],
    'accounts.mailer': [info(20, 'Password mail sent to user {user}', 'user', 'queue')],
  }),
  ...service('search', {
    'search.query': [
      info(80, 'Query "{words}" found {n} products in {ms} ms', 'http'),
      warn(0, 'Query "{words}" was cut off after {slow} ms', 'http'),
    ],
    'search.indexer': [
      info(30, 'Indexed {n} documents, lag {ms} ms', 'job', 'queue'),
      fails(SHARD_FAILED)(0, 'Bulk request {id} failed, {n} documents wait', 'job', 'queue'),
    ],
    'search.suggest': [debug(50, 'Suggested {n} terms for "{words}"', 'http')],
    'search.cache': [debug(60, 'Cache hit for "{words}", age {ms} s', 'http')],
    'search.cluster': [
      info(10, 'Cluster is green, {n} shards', 'job'),
      warn(0, 'Shard products-{qty} has been relocating for {slow} ms', 'job'),
    ],
  }),
  ...service('shipping', {
    'shipping.label': [
      info(900, 'Label for order {order} printed', 'order', 'http'),
      fails(CARRIER_REFUSED)(2, 'No label for order {order}: the carrier refused it', 'order', 'http'),
    ],
    'shipping.tracking': [info(50, 'Parcel {id} of order {order} is out for delivery', 'order', 'queue')],
    'shipping.rates': [debug(40, 'Rates for order {order}: {n} offers in {ms} ms', 'order', 'http')],
    'shipping.carrier': [api(25, 'POST https://api.parcelgo.example/v2/shipments 201 in {ms} ms', 'http', 'order')],
    'shipping.pickup': [info(10, 'Pickup of {n} parcels booked for tomorrow', 'job')],
  }),
  ...service('notifications', {
    'notify.email': [
      info(60, 'Sent order-confirmation to user {user}', 'user', 'queue'),
      info(10, 'Sent shipping-notice to user {user}', 'user', 'queue'),
    ],
    'notify.sms': [
      info(900, 'SMS to user {user} delivered in {ms} ms', 'user', 'queue'),
      warn(6, 'SMS to user {user} bounced, trying once more', 'user', 'queue'),
    ],
    'notify.push': [debug(40, 'Push {id} accepted by {n} devices', 'user', 'queue')],
    'notify.template': [debug(30, 'Template order-confirmation rendered in {ms} ms', 'job')],
    'notify.queue': [info(15, 'Queue mail: {n} waiting, oldest {ms} ms', 'queue')],
  }),
];

/** What happens together: the loggers that one request, or one run of a job, passes through. */
export interface Flow {
  readonly weight: number;
  readonly loggers: readonly string[];
}

export const FLOWS: readonly Flow[] = [
  { weight: 22, loggers: ['web.ratelimit', 'web.session', 'web.render', 'web.assets', 'web.access'] },
  { weight: 16, loggers: ['web.ratelimit', 'search.cache', 'search.query', 'search.suggest', 'web.access'] },
  { weight: 12, loggers: ['web.session', 'checkout.cart', 'inventory.stock', 'db.query', 'web.access'] },
  {
    weight: 9,
    loggers: [
      'checkout.pricing',
      'checkout.coupon',
      'inventory.reservation',
      'payments.fraud',
      'payments.gateway',
      'payments.ledger',
      'db.pool',
      'checkout.order',
      'web.access',
      'notify.template',
      'notify.email',
    ],
  },
  { weight: 5, loggers: ['accounts.token', 'accounts.login', 'accounts.profile', 'web.access'] },
  { weight: 2, loggers: ['accounts.token', 'accounts.audit', 'db.query', 'accounts.mailer'] },
  { weight: 4, loggers: ['payments.webhook', 'payments.ledger', 'db.query'] },
  { weight: 4, loggers: ['shipping.rates', 'shipping.carrier', 'shipping.label', 'notify.push', 'notify.sms'] },
  { weight: 3, loggers: ['shipping.tracking', 'notify.push'] },
  { weight: 1, loggers: ['payments.refund', 'payments.ledger', 'notify.email'] },
  { weight: 2, loggers: ['search.indexer', 'search.cluster'] },
  { weight: 2, loggers: ['inventory.sync', 'inventory.stock', 'db.query'] },
  { weight: 1, loggers: ['inventory.import', 'db.query', 'shipping.pickup', 'notify.queue'] },
];
