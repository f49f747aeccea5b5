// Shows far more than a pipe holds, while nobody reads it, and tells by messages that it is alive.
import { logs } from '@opentelemetry/api';
import { consoleOutput } from '../../../../exporter/src/console.ts';
import { register } from '../../../../exporter/src/index.ts';

const processor = consoleOutput();
register({ service: 'shop', url: process.env.RECEIVER, processors: [processor], flushOnExit: false });
const logger = logs.getLogger('payments');
let logged = 0;
setInterval(() => {
  for (let index = 0; index < 1_000; index++) logger.emit({ body: `record ${++logged} ${'x'.repeat(200)}` });
  process.send({ logged, ...processor.counts() });
}, 5);
