import { register, severities } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

register({ service: 'nightly-report' });
const logger = logs.getLogger('report');

logger.emit({ ...severities.INFO, body: 'report started', attributes: { 'report.date': '2026-11-20' } });

try {
  sum(['19.90', '5.00', 'n/a']);
} catch (error) {
  logger.emit({
    ...severities.ERROR,
    body: 'report failed',
    attributes: {
      'exception.type': error.name,
      'exception.message': error.message,
      'exception.stacktrace': error.stack,
    },
  });
}

// Who did what, beside what happened: a severity of its own, to be filtered by.
logger.emit({ ...severities.AUDIT, body: 'report requested again', attributes: { 'user.id': 'ann' } });
// No flush is needed: what waits is delivered before the process exits.

function sum(amounts) {
  return amounts.reduce((total, amount) => {
    if (Number.isNaN(Number(amount))) throw new TypeError(`${amount} is no amount`);
    return total + Number(amount);
  }, 0);
}
