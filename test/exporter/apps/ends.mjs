// Logs a line nobody flushes, and has nothing more to do.
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

register({ service: 'short-lived', flushInterval: 600_000, flushOnExit: process.env.FLUSH_ON_EXIT !== 'no' });
logs.getLogger('work').emit({ body: 'last words' });
