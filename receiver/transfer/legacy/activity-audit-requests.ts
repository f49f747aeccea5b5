import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import { valueText } from '../../record/value-text.ts';
import { isEmpty, mapOf, textOf } from './line-fields.ts';
import { parsePythonLiteral } from './python-literal.ts';
import { isSecretName, REDACTED, redactText, redactUrl, redactValue } from './redact.ts';

type Attributes = Record<string, AnyValue | undefined>;

/**
 * A request's or file transfer's fields by OpenTelemetry's names. The package kept what clients sent as it was; secrets
 * by their names go out here (PARITY.md P54).
 */
export function requestAttributes(line: KeyValueList): Attributes {
  const request = described(line.get('request_repr'));
  const response = described(line.get('response_repr'));
  const error = textOf(line, 'error_message');
  const isExternal = textOf(line, 'request_type') === 'external';
  return {
    'logvitals.http.direction': isExternal ? 'external' : 'internal',
    'logvitals.duration': secondsOf(line.get('execution_time')),
    'peer.service': (isExternal && textOf(line, 'service_name')) || undefined,
    'error.type': error === '' ? undefined : 'error',
    'exception.message': error || undefined,
    ...(textOf(line, 'protocol') === 'sftp' ? transferAttributes(request) : httpAttributes(line, request, response)),
  };
}

function httpAttributes(line: KeyValueList, request: KeyValueList, response: KeyValueList): Attributes {
  const url = URL.parse(textOf(request, 'endpoint'));
  const query = new URLSearchParams(
    Array.from(mapOf(request.get('query_params')), ([key, value]) => [
      key,
      isSecretName(key) ? REDACTED : valueText(value),
    ]),
  ).toString();
  const status = response.get('status_code');
  return {
    'http.request.method': textOf(request, 'method').toUpperCase() || undefined,
    'url.scheme': textOf(line, 'protocol') || undefined,
    'url.path': textOf(request, 'path') || url?.pathname,
    'url.query': query || undefined,
    'url.full': url ? redactUrl(url) : undefined,
    'server.address': url?.hostname,
    'http.response.status_code': typeof status === 'bigint' ? status : undefined,
    ...headerAttributes('request', request),
    ...headerAttributes('response', response),
    'logvitals.http.request.body': bodyOf(request),
    'logvitals.http.response.body': bodyOf(response),
  };
}

function headerAttributes(side: 'request' | 'response', message: KeyValueList): Attributes {
  const headers = Array.from(mapOf(message.get('headers')), ([name, value]) => {
    const text = valueText(value);
    return [
      `http.${side}.header.${name.toLowerCase()}`,
      text === '' ? undefined : [isSecretName(name) ? REDACTED : redactText(text)],
    ];
  });
  return Object.fromEntries(headers) as Attributes;
}

function bodyOf(message: KeyValueList): AnyValue | undefined {
  const body = message.get('body');
  return body === undefined || isEmpty(body) ? undefined : redactValue(body);
}

function transferAttributes(request: KeyValueList): Attributes {
  return {
    'logvitals.audit.tool': 'sftp',
    'logvitals.audit.action': textOf(request, 'operation') || undefined,
    'server.address': textOf(request, 'host') || undefined,
    'file.path': `${textOf(request, 'remote_path')}${textOf(request, 'filename')}` || undefined,
  };
}

/** What a request's record says first: `POST /pay/ 201`. */
export function requestBody(attributes: Readonly<Attributes>): string | undefined {
  const file = attributes['file.path'];
  if (file !== undefined) return `${String(attributes['logvitals.audit.action'] ?? 'transfer')} ${String(file)}`;
  const words = [attributes['http.request.method'], attributes['url.path'], attributes['http.response.status_code']];
  return attributes['http.request.method'] === undefined
    ? undefined
    : words.filter((word) => word !== undefined).join(' ');
}

/** The package wrote requests as an object, or as what Python prints of one. */
function described(value: AnyValue | undefined): KeyValueList {
  return typeof value === 'string' ? mapOf(parsePythonLiteral(value)?.value) : mapOf(value);
}

function secondsOf(value: AnyValue | undefined): number | undefined {
  const seconds = typeof value === 'string' && value === '' ? Number.NaN : Number(value ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
