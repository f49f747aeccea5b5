export type { JoinTable, Row } from './data/change.ts';
export { auditDialect } from './data/kysely/dialect.ts';
export type { DataAuditOptions, ModelOptions } from './data/options.ts';
