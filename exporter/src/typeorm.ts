export type { DataAuditOptions, JoinTable, ModelOptions } from './data/options.ts';
export { auditTypeorm } from './data/typeorm/data-source.ts';
