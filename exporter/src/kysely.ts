export { auditDialect } from './data/kysely/dialect.ts';
export type { DataAuditOptions, JoinTable, ModelOptions } from './data/options.ts';
