// Listens to SIGTERM once, from before or after it registers, and takes its time to end.
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

const listen = () => process.once('SIGTERM', () => setTimeout(() => process.exit(7), 300));
if (process.env.WHEN === 'before') listen();
register({ service: 'server', flushInterval: 600_000 });
if (process.env.WHEN === 'after') listen();
logs.getLogger('work').emit({ body: 'last words' });
setInterval(() => {}, 60_000);
console.log('ready');
