import { expect, test } from 'vitest';
import { type ReceiverOptions, resolveReceiver } from '../../exporter/src/receiver.ts';
import { type ResourceOptions, resourceAttributes } from '../../exporter/src/resource.ts';

const url = 'http://argument:1';
const LOGVITALS_URL = 'http://logvitals:2';
const OTEL_EXPORTER_OTLP_LOGS_ENDPOINT = 'http://logs:3/custom/path';
const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://base:4';

test.each<[string, ReceiverOptions, Record<string, string>, string]>([
  ['argument', { url }, { LOGVITALS_URL, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT }, 'http://argument:1/v1/logs'],
  ['LOGVITALS_URL', {}, { LOGVITALS_URL, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT }, 'http://logvitals:2/v1/logs'],
  [
    'the endpoint for logs, as it is',
    {},
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT },
    'http://logs:3/custom/path',
  ],
  ['the common endpoint', {}, { OTEL_EXPORTER_OTLP_ENDPOINT }, 'http://base:4/v1/logs'],
  ['the default', {}, {}, 'http://127.0.0.1:4318/v1/logs'],
  [
    'empty variables are not set',
    {},
    { LOGVITALS_URL: '', OTEL_EXPORTER_OTLP_ENDPOINT: ' ' },
    'http://127.0.0.1:4318/v1/logs',
  ],
  ['the endpoint for logs without a path', {}, { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs:3' }, 'http://logs:3/'],
  ['a base with a path', { url: 'https://proxy/ingest/' }, {}, 'https://proxy/ingest/v1/logs'],
  ['a base with a query', { url: 'https://proxy/?tenant=7' }, {}, 'https://proxy/v1/logs?tenant=7'],
  ['the whole address as argument', { url: 'http://argument:1/v1/logs' }, {}, 'http://argument:1/v1/logs'],
  [
    'OpenTelemetry appends the path to any base',
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://base:4/v1/logs' },
    'http://base:4/v1/logs/v1/logs',
  ],
])('where records go: %s', (_case, options, environment, expected) => {
  expect(resolveReceiver(options, environment).url).toBe(expected);
});

test.each<[string, ReceiverOptions, Record<string, string>, Record<string, string>]>([
  ['token', { token: 'a' }, { LOGVITALS_TOKEN: 'b' }, { authorization: 'Bearer a' }],
  [
    'a header given in code',
    { headers: { Authorization: 'Basic x' } },
    { LOGVITALS_TOKEN: 'b' },
    { authorization: 'Basic x' },
  ],
  ['LOGVITALS_TOKEN', {}, { LOGVITALS_TOKEN: 'b' }, { authorization: 'Bearer b' }],
  ['neither', { headers: { 'X-Tenant': '7' } }, { LOGVITALS_TOKEN: '' }, { 'x-tenant': '7' }],
])('who sends: %s', (_case, options, environment, expected) => {
  expect(resolveReceiver(options, environment).headers).toEqual(expected);
});

const OTEL_SERVICE_NAME = 'from-service-name';
const OTEL_RESOURCE_ATTRIBUTES = 'service.name=from-attributes,deployment.environment.name=staging%2C%20EU';

test.each<[string, ResourceOptions, Record<string, string>, Record<string, unknown>]>([
  [
    'service over all',
    { service: 'checkout', resourceAttributes: { 'service.name': 'other', 'service.version': '1.2' } },
    { OTEL_SERVICE_NAME },
    { 'service.name': 'checkout', 'service.version': '1.2' },
  ],
  [
    'attributes given in code over variables',
    { resourceAttributes: { 'service.name': 'other', 'deployment.environment.name': 'production' } },
    { OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES },
    { 'service.name': 'other', 'deployment.environment.name': 'production' },
  ],
  [
    'OTEL_SERVICE_NAME over OTEL_RESOURCE_ATTRIBUTES',
    {},
    { OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES },
    { 'service.name': 'from-service-name', 'deployment.environment.name': 'staging, EU' },
  ],
  [
    'OTEL_RESOURCE_ATTRIBUTES alone',
    {},
    { OTEL_RESOURCE_ATTRIBUTES },
    { 'service.name': 'from-attributes', 'deployment.environment.name': 'staging, EU' },
  ],
  ['none', {}, { OTEL_SERVICE_NAME: '' }, {}],
  ['one pair without a value discards the variable', {}, { OTEL_RESOURCE_ATTRIBUTES: 'a=1,b' }, {}],
  ['so does one without a key', {}, { OTEL_RESOURCE_ATTRIBUTES: 'a=1,=2' }, {}],
  ['so does a bare =', {}, { OTEL_RESOURCE_ATTRIBUTES: 'a=1=2' }, {}],
  ['so does wrong percent-encoding', {}, { OTEL_RESOURCE_ATTRIBUTES: 'a=%zz' }, {}],
  ['an empty value and a trailing comma are right', {}, { OTEL_RESOURCE_ATTRIBUTES: 'a=, b = 2,' }, { a: '', b: '2' }],
])('what the service is: %s', (_case, options, environment, expected) => {
  expect(resourceAttributes(options, environment)).toEqual(expected);
});

test.each<[ReceiverOptions, Record<string, string>, string]>([
  [{ url: 'localhost:4318' }, {}, 'url is "localhost:4318"; it must be an address beginning with http:// or https://'],
  [{ url: '' }, {}, 'url is ""; it must be an address'],
  [{ url: 7 as never }, {}, 'url is 7; it must be an address'],
  [{}, { LOGVITALS_URL: 'logvitals' }, 'LOGVITALS_URL is "logvitals"; it must be an address'],
  [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://a:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is "grpc://a:4317"'],
  [{}, { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'x y' }, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is "x y"'],
  [{ timeout: 0 }, {}, 'timeout is 0; it must be a number of milliseconds above 0'],
  [{ timeout: Number.NaN }, {}, 'timeout is NaN'],
  [{ timeout: 60_000 }, {}, 'timeout is 60000; it must be a number of milliseconds above 0, at most 30000'],
  [{ compression: 'zstd' as never }, {}, 'compression is "zstd"; it must be "none" or "gzip"'],
  [{ headers: { 'x-tenant': 7 as never } }, {}, 'headers["x-tenant"] is 7; it must be a string'],
  [{ token: 'a', headers: { authorization: 'b' } }, {}, 'both token and headers.authorization are given'],
])('wrong settings are refused: %o %o', (options, environment, message) => {
  expect(() => resolveReceiver(options, environment)).toThrow(message);
});

test.each([
  '',
  'two words',
  'line\nbreak',
  'zażółć',
])('a token that no header can carry is refused unquoted: %j', (token) => {
  const refusal = () => resolveReceiver({ token }, {});
  expect(refusal).toThrow('token must be a token of printable characters without spaces');
  if (token !== '') expect(refusal).not.toThrow(token);
});

test.each([
  ['ftp://me:secret@host', 'url is "ftp://…@host"'],
  ['ftp://me:sec/ret@host', 'url is "ftp://…@host"'],
  ['me:secret@host:4318', 'url is "…@host:4318"'],
])('a refusal never quotes the password of an address: %s', (url, message) => {
  expect(() => resolveReceiver({ url }, {})).toThrow(message);
});

test('a header that HTTP cannot carry is refused, its value unquoted', () => {
  const refusal = (headers: Record<string, string>) => () => resolveReceiver({ headers }, {});
  expect(refusal({ 'x tenant': '7' })).toThrow(
    'headers cannot be sent: Header name must be a valid HTTP token ["x tenant"]',
  );
  expect(refusal({ cookie: 'secret\n' })).toThrow(
    'headers cannot be sent: Invalid character in header content ["cookie"]',
  );
  expect(refusal({ cookie: 'secret\n' })).not.toThrow('secret');
});

test.each([[''], [' '], [17 as never]])('a service without a name is refused: %j', (service) => {
  expect(() => resourceAttributes({ service }, {})).toThrow('it must be the name of the service, such as "checkout"');
});
