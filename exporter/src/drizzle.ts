export { auditDrizzle } from './data/drizzle/database.ts';
export type { DataAuditOptions, JoinTable, ModelOptions } from './data/options.ts';
