import { diag } from '@opentelemetry/api';
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type Environment, variable } from './environment.ts';
import { optionError } from './option-error.ts';

type Resource = ReadableLogRecord['resource'];

/** What OpenTelemetry allows as a resource attribute. */
export type ResourceAttribute = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

export interface ResourceOptions {
  /** `service.name`. Else `OTEL_SERVICE_NAME`, else that of `OTEL_RESOURCE_ATTRIBUTES`, else `unknown_service:node`. */
  readonly service?: string | undefined;
  /** Over those of `OTEL_RESOURCE_ATTRIBUTES`, such as `{ 'deployment.environment.name': 'staging' }`. */
  readonly resourceAttributes?: Readonly<Record<string, ResourceAttribute>> | undefined;
}

const SERVICE_NAME = 'service.name';

/** @throws TypeError when the service is no name. */
export function resourceAttributes(
  options: ResourceOptions,
  environment: Environment,
): Readonly<Record<string, ResourceAttribute>> {
  const { service } = options;
  if (service !== undefined && (typeof service !== 'string' || service.trim() === '')) {
    throw optionError('service', service, 'the name of the service, such as "checkout"');
  }
  const fromVariable = variable(environment, 'OTEL_SERVICE_NAME');
  return {
    ...parseResourceAttributes(variable(environment, 'OTEL_RESOURCE_ATTRIBUTES')),
    ...(fromVariable !== undefined && { [SERVICE_NAME]: fromVariable }),
    ...options.resourceAttributes,
    ...(service !== undefined && { [SERVICE_NAME]: service }),
  };
}

/**
 * `key=value,key=value`, percent-encoded. One fault discards the whole variable, with a warning, as OpenTelemetry's
 * resource specification demands.
 */
function parseResourceAttributes(text: string | undefined): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const pair of text?.split(',') ?? []) {
    if (pair.trim() === '') continue;
    const [key, value, ...rest] = pair.split('=').map((part) => decoded(part.trim()));
    if (!key || value === undefined || rest.length > 0) {
      diag.warn(`OTEL_RESOURCE_ATTRIBUTES is ignored: ${JSON.stringify(pair)} is not a percent-encoded key=value`);
      return {};
    }
    attributes[key] = value;
  }
  return attributes;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The SDK's default resource (`telemetry.sdk.*`, a name for a nameless service) with the attributes laid over it. */
export function createResource(attributes: Readonly<Record<string, ResourceAttribute>>): Resource {
  // All that `merge` asks of the other resource, in both OpenTelemetry lines.
  const overlay: Pick<Resource, 'getRawAttributes'> = {
    getRawAttributes: () => Object.entries(attributes) as ReturnType<Resource['getRawAttributes']>,
  };
  return sdkDefaultResource().merge(overlay as Resource);
}

/**
 * Taken from a record, because the package that makes resources is none of our peers: it comes in two versions with the
 * two OpenTelemetry lines, while a record of either carries one.
 */
function sdkDefaultResource(): Resource {
  let resource: Resource | undefined;
  const catchResource: LogRecordProcessor = {
    onEmit: (record) => {
      resource = record.resource;
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  new LoggerProvider({ processors: [catchResource] }).getLogger('@logvitals/exporter').emit({});
  if (resource === undefined) throw new Error('@logvitals/exporter: @opentelemetry/sdk-logs gave no resource');
  return resource;
}
