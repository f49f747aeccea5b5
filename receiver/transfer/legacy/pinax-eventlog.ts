import { CUSTOM_SEVERITIES } from '../../record/severity.ts';
import { DjangoTables, jsonColumn } from './django-tables.ts';
import type { TablePackage } from './legacy-source.ts';
import { parseNaiveTime } from './naive-time.ts';
import type { Tables } from './tables.ts';

const TABLE = 'eventlog_log';

/** pinax-eventlog 6: business events of users. */
export function pinaxEventlog(): TablePackage {
  let django: DjangoTables | undefined;
  return {
    table: TABLE,
    columns: ['id', 'timestamp', 'action', 'extra', 'user_id', 'content_type_id', 'object_id'],
    key: 'id',
    async convert(row, tables: Tables, zone) {
      const timestamp = parseNaiveTime(row.timestamp ?? '', zone);
      if (timestamp === null) return { fault: `the event ${row.id} has no time: ${JSON.stringify(row.timestamp)}` };
      django ??= await DjangoTables.open(tables, TABLE, 'user_id');
      const user = await django.user(row.user_id ?? null);
      const type = django.typeName(row.content_type_id ?? null);
      const name = await django.objectName(type, row.object_id ?? null);
      return {
        uid: `pinax-eventlog:${row.id}`,
        timestamp,
        severityNumber: CUSTOM_SEVERITIES.AUDIT,
        severityText: 'AUDIT',
        logger: 'pinax.eventlog',
        eventName: 'logvitals.audit',
        body: [row.action, type, name ?? row.object_id].filter(Boolean).join(' '),
        attributes: {
          'logvitals.audit.action': row.action ?? undefined,
          'user.id': user?.id,
          'user.name': user?.name,
          'user.email': user?.email,
          'logvitals.object.type': type,
          'logvitals.object.id': row.object_id ?? undefined,
          'logvitals.object.name': name,
          'logvitals.data': jsonColumn(row, 'extra'),
        },
      };
    },
  };
}
