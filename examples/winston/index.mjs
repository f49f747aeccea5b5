import { register, severities } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';
import winston from 'winston';

/** winston's default levels, npm's. */
const SEVERITIES = {
  error: severities.ERROR,
  warn: severities.WARN,
  info: severities.INFO,
  http: severities.API,
  verbose: severities.DEBUG,
  debug: severities.DEBUG,
  silly: severities.TRACE,
};

class LogvitalsTransport extends winston.Transport {
  log(info, next) {
    const { level, message, stack, logger = 'winston', ...attributes } = info;
    logs.getLogger(logger).emit({
      ...SEVERITIES[level],
      body: message,
      attributes: { ...attributes, ...exception(stack) },
    });
    next();
  }
}

/** winston merges an error into the record and leaves its stack, which begins "Type: message". */
function exception(stack) {
  if (stack === undefined) return {};
  const [, type, message] = /^(\w+)(?:: (.*))?/.exec(stack) ?? [];
  return { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack };
}

register({ service: 'web-shop' });
const logger = winston.createLogger({
  level: 'http',
  format: winston.format.errors({ stack: true }),
  defaultMeta: { logger: 'checkout' },
  transports: [new winston.transports.Console({ format: winston.format.simple() }), new LogvitalsTransport()],
});

logger.info('order placed', { 'order.id': 1042, items: 3 });
logger.http('POST /orders', { 'http.response.status_code': 201 });
logger.warn('stock is low', { 'order.id': 1042 });
logger.error('payment failed:', new RangeError('card expired 11/25'));
