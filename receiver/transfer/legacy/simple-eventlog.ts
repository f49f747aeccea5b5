import { CUSTOM_SEVERITIES } from '../../record/severity.ts';
import { DjangoTables, jsonColumn } from './django-tables.ts';
import type { TablePackage } from './legacy-source.ts';
import { parseNaiveTime } from './naive-time.ts';
import type { Tables } from './tables.ts';

const TABLE = 'django_simple_eventlog_eventlog';
const VALUES_TABLE = 'django_simple_eventlog_relatedvalueeventlog';

/** django-simple-eventlog 0.1: audit events, whose placeholders of model values stand in a table of their own. */
export function simpleEventlog(): TablePackage {
  let django: DjangoTables | undefined;
  return {
    table: TABLE,
    columns: [
      'id',
      'timestamp',
      'template_message',
      'object_type_id',
      'object_id',
      'actor_id',
      'tool',
      'action',
      'changes',
    ],
    key: 'id',
    async convert(row, tables, zone) {
      const timestamp = parseNaiveTime(row.timestamp ?? '', zone);
      if (timestamp === null) return { fault: `the event ${row.id} has no time: ${JSON.stringify(row.timestamp)}` };
      django ??= await DjangoTables.open(tables, TABLE, 'actor_id');
      const actor = await django.user(row.actor_id ?? null);
      const type = django.typeName(row.object_type_id ?? null);
      const template = row.template_message ?? '';
      const values = await placeholders(tables, row.id!);
      return {
        uid: `django-simple-eventlog:${row.id}`,
        timestamp,
        severityNumber: CUSTOM_SEVERITIES.AUDIT,
        severityText: 'AUDIT',
        logger: 'django_simple_eventlog',
        eventName: 'logvitals.audit',
        body: render(template, values),
        attributes: {
          'logvitals.message.template': template,
          'logvitals.message.values': values.size > 0 ? values : undefined,
          'logvitals.audit.action': row.action ?? undefined,
          'logvitals.audit.tool': row.tool ?? undefined,
          'user.id': actor?.id,
          'user.name': actor?.name,
          'user.email': actor?.email,
          'logvitals.object.type': type,
          'logvitals.object.id': row.object_id ?? undefined,
          'logvitals.object.name': await django.objectName(type, row.object_id ?? null),
          'logvitals.changes': jsonColumn(row, 'changes'),
        },
      };
    },
  };
}

async function placeholders(tables: Tables, logId: string): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const selection = {
    columns: ['text_format', 'default_value'],
    orderBy: 'id',
    where: { column: 'log_id', value: logId },
  };
  for await (const { text_format, default_value } of tables.rows(VALUES_TABLE, selection)) {
    values.set(text_format ?? '', default_value ?? '');
  }
  return values;
}

/** In one pass: a value that looks like a placeholder stays what it is. */
const render = (template: string, values: ReadonlyMap<string, string>): string =>
  template.replace(/\{([^{}]*)\}/g, (whole, name: string) => values.get(name) ?? whole);
