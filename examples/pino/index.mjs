import { register, severities } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';
import pino from 'pino';

/** pino's level numbers. */
const SEVERITIES = {
  10: severities.TRACE,
  20: severities.DEBUG,
  30: severities.INFO,
  40: severities.WARN,
  50: severities.ERROR,
  60: severities.FATAL,
};

/** A stream for pino: each line it writes becomes a record of the logger its `name` says. */
const toLogvitals = {
  write(line) {
    const { level, time, msg, name, err, ...attributes } = JSON.parse(line);
    logs.getLogger(name ?? 'pino').emit({
      ...SEVERITIES[level],
      timestamp: new Date(time),
      body: msg,
      attributes: { ...attributes, ...exception(err) },
    });
  },
};

/** pino has made a plain object of the error already. */
function exception(err) {
  if (err === undefined) return {};
  return { 'exception.type': err.type, 'exception.message': err.message, 'exception.stacktrace': err.stack };
}

register({ service: 'web-shop' });
const streams = [{ stream: process.stdout }, { stream: toLogvitals }];
const logger = pino({ base: { name: 'checkout' } }, pino.multistream(streams));

logger.info({ 'order.id': 1042, items: 3 }, 'order placed');
logger.warn({ 'order.id': 1042 }, 'stock is low');
logger.error({ 'order.id': 1042, err: new RangeError('card expired 11/25') }, 'payment failed');
