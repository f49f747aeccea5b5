import type { AnyValue } from '../record/any-value.ts';
import { EMPTY_KEY_VALUES } from '../record/any-value.ts';
import type { LogRecord, Resource, Scope } from '../record/log-record.ts';
import { drawFacts, drawMeasures, type Facts, fill, fillException, fillGroup } from './attributes.ts';
import { type AttributeGroup, CATALOGUE, FLOWS, type LineTemplate, type LoggerTemplate } from './catalogue.ts';
import { historicalIncidents, type IncidentPlan } from './incidents.ts';
import { Random } from './random.ts';

export interface TrafficOptions {
  /** The same seed, range and rate give the same records. */
  readonly seed: number;
  /** Nanoseconds since the Unix epoch, `[from, to)`. */
  readonly from: bigint;
  readonly to: bigint;
  /** Records per day on average; nights are quieter. */
  readonly recordsPerDay: number;
  /** Default: the history of the seed. */
  readonly incidents?: IncidentPlan;
}

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;

/** Share of a day's traffic by hour (UTC): quiet nights, a peak after lunch and one in the evening. Averages 1. */
const DIURNAL = [
  0.4, 0.3, 0.24, 0.22, 0.26, 0.4, 0.65, 0.95, 1.2, 1.35, 1.4, 1.42, 1.45, 1.55, 1.5, 1.4, 1.32, 1.3, 1.38, 1.45, 1.36,
  1.1, 0.85, 0.55,
];

/**
 * Believable log records of a small web shop in time order: eight services with five loggers each, requests that leave
 * lines in several of them under one trace id, six to eight attributes a record, incidents with stack traces. Each
 * hour is drawn by itself, so parts of a range give the records that the whole gives.
 */
export function* generateTraffic(options: TrafficOptions): Generator<LogRecord, void, undefined> {
  const incidents = options.incidents ?? historicalIncidents(options.seed);
  for (let hour = options.from / HOUR; hour * HOUR < options.to; hour++) {
    const records = hourOfTraffic(options.seed, hour, options.recordsPerDay / 24, incidents);
    for (const record of records) {
      if (record.timestamp >= options.from && record.timestamp < options.to) yield record;
    }
  }
}

/** Lines of requests that began in the hour; those a request leaves after its end are put at the end. */
function hourOfTraffic(seed: number, hour: bigint, averagePerHour: number, incidents: IncidentPlan): LogRecord[] {
  const random = new Random(seed, Number(hour));
  const wanted = averagePerHour * DIURNAL[Number(hour % 24n)]! * (0.9 + 0.2 * random.next());
  const records: LogRecord[] = [];
  while (records.length < wanted) {
    const start = hour * HOUR + BigInt(Math.floor(random.next() * 3_590_000)) * 1_000_000n;
    records.push(...requestLines(random, start, incidents));
  }
  return records.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
}

/** The lines one request leaves, in the order of its way through the loggers. */
export function requestLines(random: Random, start: bigint, incidents: IncidentPlan): LogRecord[] {
  const { loggers } = random.weighted(FLOWS);
  const incident = incidents(start);
  const facts = drawFacts(random);
  const traceId = random.chance(0.9) ? random.hex(32) : '';
  let time = start;
  return loggers.flatMap((name) => {
    const logger = LOGGERS.get(name)!;
    const troubled = logger.template.trouble.length > 0 && random.chance(incident?.troubled[name] ?? 0);
    return Array.from({ length: troubled ? random.between(1, MOST_RETRIES) : 1 }, () => {
      time += BigInt(random.between(200, 90_000)) * 1000n + BigInt(random.between(0, 999));
      const line = troubled ? random.pick(logger.template.trouble) : random.weighted(logger.template.lines);
      return toRecord(random, logger, line, { ...facts, ...drawMeasures(random) }, time, traceId);
    });
  });
}

/** What fails is tried again, and says so each time. */
const MOST_RETRIES = 4;

interface PreparedLogger {
  readonly template: LoggerTemplate;
  readonly scope: Scope;
  /** One per replica. */
  readonly resources: readonly Resource[];
}

const LOGGERS: ReadonlyMap<string, PreparedLogger> = prepareLoggers();

/** Where a logger of the catalogue speaks, on its first replica. */
export function originOf(name: string): Pick<LogRecord, 'service' | 'logger' | 'resource' | 'scope'> {
  const { template, scope, resources } = LOGGERS.get(name)!;
  return { service: template.service, logger: template.logger, scope, resource: resources[0]! };
}

function prepareLoggers(): Map<string, PreparedLogger> {
  const resources = new Map<string, Resource[]>();
  const loggers = new Map<string, PreparedLogger>();
  for (const template of CATALOGUE) {
    const { service, logger } = template;
    if (!resources.has(service))
      resources.set(
        service,
        [1, 2, 3].map((replica) => makeResource(service, replica)),
      );
    loggers.set(logger, { template, scope: makeScope(logger), resources: resources.get(service)! });
  }
  return loggers;
}

function makeResource(service: string, replica: number): Resource {
  const attributes = new Map<string, AnyValue>([
    ['service.name', service],
    ['service.version', '2026.11.3'],
    ['service.instance.id', `${service}-${replica}`],
    ['host.name', `node-${replica}.shop.example`],
    ['deployment.environment.name', 'production'],
  ]);
  return { attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

function makeScope(name: string): Scope {
  return { name, version: '1.8.0', attributes: EMPTY_KEY_VALUES, droppedAttributesCount: 0, schemaUrl: '' };
}

function toRecord(
  random: Random,
  { template, scope, resources }: PreparedLogger,
  line: LineTemplate,
  facts: Facts,
  time: bigint,
  traceId: string,
): LogRecord {
  const failed = line.weight === 0;
  return {
    timestamp: time,
    observedTimestamp: time + BigInt(random.between(1, 900)) * 1_000_000n,
    severityNumber: line.severityNumber,
    severityText: line.severityText,
    service: template.service,
    logger: template.logger,
    body: fill(line.body, facts),
    attributes: attributesOf(line, facts, failed, random),
    resource: random.pick(resources),
    scope,
    traceId,
    spanId: traceId === '' ? '' : random.hex(16),
    flags: traceId === '' ? 0 : 1,
    eventName: '',
    droppedAttributesCount: 0,
  };
}

const FILLERS: readonly AttributeGroup[] = ['http', 'user'];

/** The line's own groups, then more until there are six, as instrumentation adds them to every line. */
function attributesOf(line: LineTemplate, facts: Facts, failed: boolean, random: Random): Map<string, AnyValue> {
  const attributes = new Map<string, AnyValue>();
  for (const group of line.groups) fillGroup(group, attributes, facts, failed);
  if (attributes.size >= 4) attributes.set('thread.name', `worker-${random.between(1, 8)}`);
  for (const group of FILLERS) if (attributes.size < 5) fillGroup(group, attributes, facts, failed);
  if (line.exception) fillException(line.exception, attributes);
  return attributes;
}
