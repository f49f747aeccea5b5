// Shows what the test asks for on the console, and ends as the test asks.
import { logs } from '@opentelemetry/api';
import { consoleOutput } from '../../../../exporter/src/console.ts';
import { register } from '../../../../exporter/src/index.ts';

const processor = consoleOutput({ stream: process.env.STREAM });
register({ service: 'shop', url: process.env.RECEIVER, processors: [processor], flushOnExit: false });
const logger = logs.getLogger('payments');
logger.emit({ severityNumber: 9, body: 'order placed', attributes: { 'order.id': 1042 } });
logger.emit({
  severityNumber: 17,
  body: 'payment failed \x1b[2J\u202e',
  attributes: { 'exception.stacktrace': 'Error: no\n    at x.js:1' },
});
logger.emit({ severityNumber: 10, severityText: 'AUDIT', body: { deleted: ['invoice', 17] } });
if (process.env.END === 'exit') process.exit(3);
if (process.env.END === 'throw') throw new Error('the end');
