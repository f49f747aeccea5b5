// Another exit hook finds more to do twice, and logs it.
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

register({ service: 'tidy', flushInterval: 600_000 });
const logger = logs.getLogger('work');
logger.emit({ body: 'at work' });
let rounds = 0;
process.on('beforeExit', () => {
  if (++rounds > 2) return;
  setImmediate(() => logger.emit({ body: `tidying ${rounds}` }));
});
