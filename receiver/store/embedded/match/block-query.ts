import { and, type Field, type FieldTest, type Query } from '../../../query/tree.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { HAS } from '../chunk/chunk.ts';
import type { BlockFilters } from '../filter/block-filters.ts';
import { AttributeCondition } from './attribute-condition.ts';
import { type Condition, EVERYTHING, type MatchingSites } from './condition.ts';
import { attributesOf, isOfSites } from './fields.ts';
import { SpanCondition, TraceCondition } from './id-conditions.ts';
import { AllOf, AnyOf, Not } from './joints.ts';
import { ResourceCondition } from './resource-condition.ts';
import { RowTextCondition } from './row-text-condition.ts';
import { rowTextOf } from './row-texts.ts';
import { NameCondition, PartCondition, PresenceCondition } from './site-conditions.ts';
import { BODY_PRESENT, BodyCondition, TextCondition } from './text-condition.ts';

/** A query ready to be asked of many blocks: what it needs of them is worked out once. It finds what `compileQuery` finds. */
export interface BlockQuery {
  /** False when no record of the block matches, as far as its header and filters tell. */
  mayMatch(header: BlockHeader, parts: DayParts, filters: BlockFilters): boolean;
  /** Absent where a block's header does not tell which of its records match. */
  readonly matchingSites: MatchingSites | undefined;
  /** Clears (to 0) those of the wanted rows (1) that do not match. Reads no more of the block than it has to. */
  filterRows(block: Block, parts: DayParts, wanted: Uint8Array): void;
}

export function compileBlockQuery(query: Query): BlockQuery {
  const condition = compile(query);
  return {
    mayMatch: (header, parts, filters) => condition.judge(header, parts, filters) !== 'none',
    matchingSites: condition.matchingSites,
    filterRows: (block, parts, wanted) => condition.narrow(block, parts, wanted),
  };
}

function compile(query: Query): Condition {
  if (query.type === 'all') return EVERYTHING;
  if (asksOnly(query, isOfSites)) return new NameCondition(query);
  if (asksOnly(query, isOfResource)) return new ResourceCondition(query);
  switch (query.type) {
    case 'and':
      return new AllOf(together(query.terms, (terms) => and(...terms)).map(compile));
    case 'or':
      return new AnyOf(together(query.terms, (terms) => ({ type: 'or', terms })).map(compile));
    case 'not':
      return new Not(compile(query.term));
    case 'text':
      return query.text === '' ? EVERYTHING : new TextCondition(query.text);
    case 'level':
      return new NameCondition(query);
    case 'field':
      return compileField(query, query.field, query.test);
  }
}

/** Whether a query can be answered from such fields. */
function asksOnly(query: Query, isSuch: (field: Field) => boolean): boolean {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.terms.every((term) => asksOnly(term, isSuch));
    case 'not':
      return asksOnly(query.term, isSuch);
    case 'level':
      return isSuch({ kind: 'named', name: 'level' });
    case 'field':
      return isSuch(query.field);
    default:
      return false;
  }
}

const isOfResource = (field: Field): boolean => field.kind === 'resource';

/** The terms, those that ask of sites alone as one: no site of a block may have this logger and that level together. */
function together(terms: readonly Query[], join: (terms: readonly Query[]) => Query): readonly Query[] {
  const ofSites = terms.filter((term) => asksOnly(term, isOfSites));
  return ofSites.length < 2 ? terms : [join(ofSites), ...terms.filter((term) => !ofSites.includes(term))];
}

function compileField(query: Query, field: Field, test: FieldTest): Condition {
  const attributes = attributesOf(field);
  if (attributes) {
    return test.op === 'present' ? new PresenceCondition(attributes) : new AttributeCondition(attributes, test);
  }
  const text = rowTextOf(field);
  if (!text) return test.op === 'present' ? BODY_PRESENT : new BodyCondition(test);
  if (test.op === 'present') return new PartCondition(text.part);
  if (test.op === 'equals' && text.part === HAS.trace) return new TraceCondition(test.value);
  if (test.op === 'equals' && text.part === HAS.span) return new SpanCondition(test.value);
  return new RowTextCondition(text, query);
}
