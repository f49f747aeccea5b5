export type { JoinTable, Row } from './data/change.ts';
export type { DataAuditOptions, ModelOptions } from './data/options.ts';
export { auditPrisma } from './data/prisma/extension.ts';
