export type { JoinTable, Row } from './data/change.ts';
export { auditDrizzle } from './data/drizzle/database.ts';
export type { DataAuditOptions, ModelOptions } from './data/options.ts';
