import { attributesOfNamed } from '../../../query/named-attributes.ts';
import type { Field, NamedField } from '../../../query/tree.ts';
import { pathOf } from '../readable.ts';

/** The fields of a document that a read needs. */
export type Projection = Readonly<Record<string, 1>>;

/** What counting by time and level needs. */
const COUNTED = ['timestampNanos', 'severityNumber'] as const;

/** Where the other named fields are read from. */
const NAMED_PATHS: Partial<Readonly<Record<NamedField, readonly string[]>>> = {
  level: ['severityText'],
  service: ['service'],
  logger: ['logger'],
  body: ['body', 'exact.body'],
  event: ['eventName'],
  trace: ['traceId'],
  span: ['spanId'],
};

/** What of a document says its time, its level and these fields, so that the rest of it stays with the server. */
export function projectionOf(fields: readonly Field[]): Projection {
  const paths = [...COUNTED, ...fields.flatMap(pathsOf)];
  // A field and a part of it may not both be named.
  const widest = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)));
  return Object.fromEntries(widest.map((path) => [path, 1]));
}

function pathsOf(field: Field): readonly string[] {
  if (field.kind !== 'named') return keyPaths(field.kind === 'attribute' ? 'attributes' : 'resource', field.key);
  const keys = attributesOfNamed(field.name) ?? [];
  return [...(NAMED_PATHS[field.name] ?? []), ...keys.flatMap((key) => keyPaths('attributes', key))];
}

/** Where the readable form is not exact, the exact one says it. */
function keyPaths(container: 'attributes' | 'resource', key: string): readonly string[] {
  const path = pathOf(key);
  const exact = `exact.${container}`;
  return path === null ? [exact] : [[container, ...path].join('.'), exact];
}
