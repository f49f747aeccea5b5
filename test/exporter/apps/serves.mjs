// Lives until it is told to end; with OWN_HANDLER it decides by itself when and how.
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

const spool = process.env.SPOOL ? { dir: process.env.SPOOL } : undefined;
const flushOnSignals = process.env.FLUSH_ON_SIGNALS === 'no' ? false : undefined;
register({ service: 'server', flushInterval: 600_000, flushOnSignals, spool });
if (process.env.OWN_HANDLER) process.on('SIGTERM', () => process.once('SIGUSR2', () => process.exit(7)));
logs.getLogger('work').emit({ body: 'last words' });
setInterval(() => {}, 60_000);
console.log('ready');
