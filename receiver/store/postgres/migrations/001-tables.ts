/**
 * Tables, indexes and views of the first version. Columns stand in the order that leaves no gaps between them: widest
 * first. Indexes ascend, and are read backwards: descending ones came out half as large again.
 */
export const tables = `
create table logger (
  id integer generated always as identity primary key,
  digest bytea not null unique,
  used_until date not null,
  last_seen timestamptz,
  last_seen_ns smallint,
  service text not null,
  logger text not null,
  exact text
) with (fillfactor = 70);

create table resource (
  id integer generated always as identity primary key,
  digest bytea not null unique,
  used_until date not null,
  dropped bigint not null,
  attributes jsonb not null,
  schema_url text not null,
  exact text
) with (fillfactor = 90);

create table scope (
  id integer generated always as identity primary key,
  digest bytea not null unique,
  used_until date not null,
  dropped bigint not null,
  name text not null,
  version text not null,
  attributes jsonb not null,
  schema_url text not null,
  exact text
) with (fillfactor = 90);

-- Receivers take blocks of 65536 numbers from it.
create sequence record_sequence as bigint increment 65536 minvalue 1 maxvalue 9007199254675456;

create table record (
  time timestamptz not null,
  sequence bigint not null,
  observed_time timestamptz,
  dropped bigint,
  logger_id integer not null,
  resource_id integer not null,
  scope_id integer not null,
  severity_number integer not null,
  ns smallint not null,
  observed_ns smallint,
  flags smallint,
  severity_text text,
  body text,
  folded text,
  attributes jsonb not null,
  trace_id text,
  span_id text,
  event_name text,
  group_id text,
  actor text,
  action text,
  tool text,
  object_type text,
  object_id text,
  uid_digest bytea,
  exact text,
  primary key (time, ns, sequence)
) partition by range (time);

create table record_default partition of record default;

create index record_logger on record (logger_id, time, ns, sequence);
create index record_issue on record (logger_id, time, ns, sequence) where severity_number >= 13;
create index record_error on record (logger_id, time, ns, sequence) where severity_number >= 17;
create index record_trace on record (trace_id, time, ns, sequence) where trace_id is not null;
create index record_event on record (event_name, time, ns, sequence) where event_name is not null;
create index record_group on record (group_id, time, ns, sequence) where group_id is not null;
create index record_actor on record (actor, time, ns, sequence) where actor is not null;
create index record_object on record (object_type, object_id, time, ns, sequence) where object_type is not null;
create unique index record_uid on record (uid_digest, time, ns) where uid_digest is not null;

create table hour_count (
  start timestamptz not null,
  logger_id integer not null,
  trace integer not null,
  debug integer not null,
  info integer not null,
  warn integer not null,
  error integer not null,
  fatal integer not null,
  unspecified integer not null,
  primary key (start, logger_id)
) with (fillfactor = 80);

create table quarter_count (
  start timestamptz not null,
  logger_id integer not null,
  trace integer not null,
  debug integer not null,
  info integer not null,
  warn integer not null,
  error integer not null,
  fatal integer not null,
  unspecified integer not null,
  primary key (start, logger_id)
) with (fillfactor = 80);

create table request (
  key text primary key,
  at timestamptz not null
);
create index request_at on request (at);

create table alert_state (
  digest bytea primary key,
  saved_at timestamptz not null,
  version integer not null,
  key text not null,
  state text not null
) with (fillfactor = 80);

create table alert (
  id text collate "C" primary key,
  fired_at timestamptz not null,
  threshold integer not null,
  count integer not null,
  service text not null,
  logger text not null,
  level text not null,
  message text not null,
  exact text not null
);

create view logs as
select
  record.time,
  record.ns as nanoseconds,
  logger.service,
  logger.logger,
  case
    when record.severity_number < 1 then 'UNSPECIFIED'
    when record.severity_number < 5 then 'TRACE'
    when record.severity_number < 9 then 'DEBUG'
    when record.severity_number < 13 then 'INFO'
    when record.severity_number < 17 then 'WARN'
    when record.severity_number < 21 then 'ERROR'
    else 'FATAL'
  end as level,
  record.severity_number,
  record.severity_text,
  record.body,
  record.attributes,
  resource.attributes as resource,
  scope.name as scope,
  scope.version as scope_version,
  record.event_name,
  record.trace_id,
  record.span_id,
  record.flags,
  record.group_id,
  record.actor,
  record.action,
  record.tool,
  record.object_type,
  record.object_id,
  coalesce(record.observed_time, record.time) as observed_time,
  lpad(to_hex((extract(epoch from record.time) * 1000000)::bigint * 1000 + record.ns), 16, '0')
    || '-' || lpad(to_hex(record.sequence), 14, '0') as id
from record
join logger on logger.id = record.logger_id
left join resource on resource.id = record.resource_id
left join scope on scope.id = record.scope_id;

create view log_counts as
select
  hour_count.start as hour,
  logger.service,
  logger.logger,
  hour_count.trace,
  hour_count.debug,
  hour_count.info,
  hour_count.warn,
  hour_count.error,
  hour_count.fatal,
  hour_count.unspecified
from hour_count
join logger on logger.id = hour_count.logger_id;
`;
