import { createRegister, type Register } from './register.ts';

export const register: Register = createRegister(require);

export type { BufferOptions } from './buffer-options.ts';
export type { SpoolOptions } from './delivery/spool-options.ts';
export {
  type DeliveryCounts,
  FlushOnSeverityProcessor,
  type FlushOnSeverityProcessorOptions,
} from './flush-on-severity-processor.ts';
export { LogvitalsExporter } from './logvitals-exporter.ts';
export type { ReceiverOptions } from './receiver.ts';
export type { Register, RegisterOptions, Registration } from './register.ts';
export type { ResourceAttribute, ResourceOptions } from './resource.ts';
export { type SeverityName, severities } from './severities.ts';
