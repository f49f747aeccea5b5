import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import { CommandError, UsageError } from '../../commands/command.ts';
import { maskUrlSecrets } from '../../config/quote.ts';
import type { LegacySource, TablePackage } from './legacy-source.ts';

/** Packages whose records can be taken over, each with what its SOURCE may be. */
export const LEGACY_PACKAGES = {
  'django-log-panel': 'sqlite:FILE, postgres://… or (0.1) mongodb://…',
  'django-eventlog': 'sqlite:FILE or postgres://…',
  'django-simple-eventlog': 'sqlite:FILE or postgres://…',
  'pinax-eventlog': 'sqlite:FILE or postgres://…',
  'django-activity-audit': 'FILE…',
} as const;

export type LegacyPackage = keyof typeof LEGACY_PACKAGES;

export const isLegacyPackage = (name: string): name is LegacyPackage => Object.hasOwn(LEGACY_PACKAGES, name);

/** Opens one source. Rejects with `UsageError` for a source the package has none of, `CommandError` when it can't be read. */
export async function openLegacySource(name: LegacyPackage, source: string, zone: TimeZone): Promise<LegacySource> {
  if (name === 'django-activity-audit') {
    const { openActivityAudit } = await import('./activity-audit.ts');
    return openActivityAudit(source, zone);
  }
  const scheme = /^[a-z+]+(?=:)/.exec(source)?.[0] ?? '';
  if (/^sqlite$|^postgres(ql)?$/.test(scheme)) return openTableSource(await tablePackage(name), source, zone);
  if (name === 'django-log-panel' && /^mongodb(\+srv)?$/.test(scheme)) {
    const { openLogPanelMongodb } = await import('./log-panel-mongodb.ts');
    return openLogPanelMongodb(source, zone);
  }
  const shown = JSON.stringify(maskUrlSecrets(source));
  throw new UsageError(`the source of ${name} is ${shown}; allowed: ${LEGACY_PACKAGES[name]}`);
}

async function openTableSource(part: TablePackage, source: string, zone: TimeZone): Promise<LegacySource> {
  const { tableSource } = await import('./legacy-source.ts');
  const tables = await openTables(source);
  try {
    return await tableSource(part, tables, zone);
  } catch (error) {
    await tables.close();
    throw error;
  }
}

async function openTables(source: string) {
  if (source.startsWith('sqlite:')) {
    const { openSqliteTables } = await import('./sqlite-tables.ts');
    return openSqliteTables(source.slice('sqlite:'.length));
  }
  const { openPostgresTables } = await import('./postgres-tables.ts');
  return openPostgresTables(source);
}

async function tablePackage(name: LegacyPackage): Promise<TablePackage> {
  switch (name) {
    case 'django-log-panel':
      return (await import('./log-panel.ts')).logPanel;
    case 'django-eventlog':
      return (await import('./django-eventlog.ts')).djangoEventlog;
    case 'django-simple-eventlog':
      return (await import('./simple-eventlog.ts')).simpleEventlog();
    case 'pinax-eventlog':
      return (await import('./pinax-eventlog.ts')).pinaxEventlog();
    case 'django-activity-audit':
      throw new CommandError('django-activity-audit keeps its records in files');
  }
}
