import { scalarText } from '../../query/field-values.ts';
import { fold } from '../../query/fold.ts';
import type { NamedField } from '../../query/tree.ts';
import { attributeOf } from '../../record/attribute-of.ts';
import type { LogRecord } from '../../record/log-record.ts';
import { isError, isWarning, levelOf } from '../../record/severity.ts';

/**
 * Terms: what the dashboard looks for across loggers (issues, events, groups, actors, objects), as texts in one array of
 * the document, so that one index finds any of them. Most records have none.
 */

/** Fields whose values are terms, those that fewest records share first. */
export const TERM_FIELDS = [
  'object.id',
  'group',
  'actor',
  'tool',
  'action',
  'object.type',
  'event',
  'level',
] as const satisfies readonly NamedField[];
export type TermField = (typeof TERM_FIELDS)[number];

/** Fields that pages ask for whatever their value: records that have one have a term that says so. */
const PRESENCE_FIELDS = ['action', 'group'] as const satisfies readonly TermField[];

/** UTF-16 units of a value in a term. Equal values are equal when cut; unequal ones are told apart by the evaluator. */
const TERM_LENGTH = 200;

/** Levels of most records: an index of them would be large, and finds nothing quicker. */
const COMMON_LEVELS: ReadonlySet<string> = new Set([
  'trace',
  'debug',
  'verbose',
  'info',
  'information',
  'notice',
  'unspecified',
]);

const ATTRIBUTE_KEYS = [
  ['object.id', 'logvitals.object.id'],
  ['group', 'logvitals.group.id'],
  ['actor', 'user.id'],
  ['tool', 'logvitals.audit.tool'],
  ['action', 'logvitals.audit.action'],
  ['object.type', 'logvitals.object.type'],
] as const satisfies readonly (readonly [TermField, string])[];

export function termsOf(record: LogRecord): readonly string[] {
  const terms = levelTerms(record);
  if (record.eventName !== '') terms.push(term('event', record.eventName));
  if (record.attributes.size === 0) return terms;
  for (const [field, key] of ATTRIBUTE_KEYS) {
    const value = attributeOf(record, key);
    if (value === undefined) continue;
    terms.push(value === null || Array.isArray(value) ? oddTerm(field) : term(field, scalarText(value)));
    const presence = presenceTerm(field);
    if (presence !== null) terms.push(presence);
  }
  return terms;
}

function levelTerms({ severityNumber, severityText }: LogRecord): string[] {
  const level = fold(levelOf(severityNumber));
  const text = fold(severityText);
  const levels = text === '' || text === level ? [level] : [level, text];
  const terms = levels.filter((name) => !COMMON_LEVELS.has(name)).map((name) => term('level', name));
  if (isWarning(severityNumber) || isError(severityNumber)) terms.push(issueTerm('WARN'));
  if (isError(severityNumber)) terms.push(issueTerm('ERROR'));
  return terms;
}

/**
 * Terms of which every record has one whose field equals a value; null when such records may have none. More records
 * than these may have them.
 */
export function termsOfEquality(field: TermField, value: string): readonly string[] | null {
  if (field === 'event') return [term(field, value)];
  if (field !== 'level') return [term(field, value), oddTerm(field)];
  const level = fold(value);
  return COMMON_LEVELS.has(level) ? null : [term(field, level)];
}

/** The term of all records from a level upwards, by their numbers: one, for an index gives the order within one only. */
export const issueTerm = (lowest: 'WARN' | 'ERROR'): string => `level>=${fold(lowest)}`;

/** Whether a value stands in its term uncut. */
export const isWholeTerm = (value: string): boolean => value.length <= TERM_LENGTH;

function term(field: TermField, value: string): string {
  return `${field}:${isWholeTerm(value) ? value : value.slice(0, TERM_LENGTH).toWellFormed()}`;
}

/** The term of all records that have a field; null where there is none. */
export function presenceTerm(field: NamedField): string | null {
  return PRESENCE_FIELDS.some((name) => name === field) ? `${field}*` : null;
}

/** The terms of each field of which there is a presence term, as a range of texts: from the first, below the second. */
export const PRESENCE_RANGES = PRESENCE_FIELDS.map((field) => ({
  presence: `${field}*`,
  // Values begin behind a colon, odd ones with a bracket.
  range: { $gte: `${field}:`, $lt: `${field}\\` },
}));

/** What stands for an attribute with several values, or one of no kind. */
function oddTerm(field: TermField): string {
  return `${field}[]`;
}
