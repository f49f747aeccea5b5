import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import { type OtlpJsonKeyValue, type OtlpJsonValue, toOtlpJson, toOtlpJsonKeyValues } from '../../record/otlp-json.ts';
import { readOtlpJson, readOtlpJsonKeyValues } from '../common/read-otlp-json.ts';

/** What ordinary columns do not say exactly. Absent is what they do say. */
export interface Exact {
  readonly body?: AnyValue;
  readonly attributes?: KeyValueList;
  readonly severityText?: string;
  readonly eventName?: string;
  /** A scope's. */
  readonly name?: string;
  /** A scope's. */
  readonly version?: string;
  readonly schemaUrl?: string;
}

interface ExactJson extends Omit<Exact, 'body' | 'attributes'> {
  readonly body?: OtlpJsonValue;
  readonly attributes?: readonly OtlpJsonKeyValue[];
}

/** JSON text of it, for the columns `exact`: values in OTLP's JSON encoding, which loses nothing. */
export function writeExact({ body, attributes, ...texts }: Exact): string {
  return JSON.stringify({
    ...texts,
    ...(body !== undefined && { body: toOtlpJson(body) }),
    ...(attributes && { attributes: toOtlpJsonKeyValues(attributes) }),
  } satisfies ExactJson);
}

/** What `writeExact` wrote. */
export function readExact(text: string): Exact {
  const { body, attributes, ...texts } = JSON.parse(text) as ExactJson;
  return {
    ...texts,
    ...(body !== undefined && { body: readOtlpJson(body) }),
    ...(attributes && { attributes: readOtlpJsonKeyValues(attributes) }),
  };
}
