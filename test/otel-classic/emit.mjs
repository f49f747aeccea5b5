// An application of ES modules. The test also runs it with the newer line, where `logs` comes from '@opentelemetry/api'.
import { register, severities } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api-logs';

const early = logs.getLogger('early');
const { loggerProvider, shutdown } = register({ service: 'shop', resourceAttributes: { 'service.version': '1.2' } });
early.emit({ ...severities.AUDIT, body: 'obtained before', attributes: { 'user.id': 'ann' } });
logs.getLogger('payments').emit({ ...severities.INFO, body: 'obtained after' });
loggerProvider.getLogger('direct').emit({ ...severities.ERROR, body: 'from the provider' });
await shutdown();
