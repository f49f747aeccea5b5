// The same application, of CommonJS.
const { logs } = require('@opentelemetry/api-logs');
const { register, severities } = require('@logvitals/exporter');

const early = logs.getLogger('early');
const { loggerProvider, shutdown } = register({ service: 'shop', resourceAttributes: { 'service.version': '1.2' } });
early.emit({ ...severities.AUDIT, body: 'obtained before', attributes: { 'user.id': 'ann' } });
logs.getLogger('payments').emit({ ...severities.INFO, body: 'obtained after' });
loggerProvider.getLogger('direct').emit({ ...severities.ERROR, body: 'from the provider' });
void shutdown();
