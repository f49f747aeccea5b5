import { createFilter, type Patterns } from '../emit/patterns.ts';
import { createRedactor, type Redactor } from '../emit/redact.ts';
import { optionError, refuseUnknownOptions } from '../option-error.ts';
import type { DataAction, JoinTable, Row } from './change.ts';

/** How one model is recorded. */
export interface ModelOptions {
  /** The object type in the events; default the model's name. */
  readonly type?: string | undefined;
  /** The field or fields that tell its objects apart, or a function of the row; default the primary key. */
  readonly id?: string | readonly string[] | ((row: Row) => unknown) | undefined;
  /** The field that people know its objects by, or a function of the row; default `name`, else `title`. */
  readonly name?: string | ((row: Row) => unknown) | undefined;
  /** Only these fields are recorded: texts, `*` patterns or RegExps. Default all. What `diff` always leaves out stays out. */
  readonly include?: readonly (string | RegExp)[] | undefined;
  /** These fields are not recorded. Wins over `include`. */
  readonly exclude?: readonly (string | RegExp)[] | undefined;
  /** Fields whose values are replaced, beside those with a secret's name. */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /** Only these actions are recorded. Default all. */
  readonly actions?: readonly DataAction[] | undefined;
  /** Overrides `before` for this model. */
  readonly before?: BeforeImage | undefined;
  /** For a table that only joins two others: its rows are recorded as changes of a relation. */
  readonly relation?: JoinTable | undefined;
}

/**
 * Whether rows are read before they are updated or deleted: `fetch` gives old and new values at the price of one query
 * more a statement, `none` costs nothing and gives what the statement itself tells.
 */
export type BeforeImage = 'fetch' | 'none';

/** What every data layer's plug-in can be told. */
export interface DataAuditOptions {
  /** The tool named in the events; default the layer's name. */
  readonly tool?: string | undefined;
  /** Only these models are recorded: texts, `*` patterns or RegExps. Default all. */
  readonly include?: readonly (string | RegExp)[] | undefined;
  /** These models are not recorded. Wins over `include`. */
  readonly exclude?: readonly (string | RegExp)[] | undefined;
  /** By the model's name. `false`: not recorded. */
  readonly models?: Readonly<Record<string, ModelOptions | false>> | undefined;
  /** Fields of any model whose values are replaced, beside those with a secret's name. */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /** Default `fetch`. */
  readonly before?: BeforeImage | undefined;
  /** So many rows of one statement are read beforehand and recorded one by one; the rest is one event. Default 100. */
  readonly maxRows?: number | undefined;
  /** So many events of one transaction wait for its end; the rest is one event. Default 1,000. */
  readonly maxEvents?: number | undefined;
}

export const DATA_AUDIT_OPTIONS: readonly (keyof DataAuditOptions)[] = [
  'tool',
  'include',
  'exclude',
  'models',
  'redact',
  'before',
  'maxRows',
  'maxEvents',
];

export const MODEL_OPTIONS: readonly (keyof ModelOptions)[] = [
  'type',
  'id',
  'name',
  'include',
  'exclude',
  'redact',
  'actions',
  'before',
  'relation',
];

const ACTIONS: readonly DataAction[] = [
  'create',
  'update',
  'delete',
  'bulk_create',
  'bulk_update',
  'bulk_delete',
  'relation_add',
  'relation_remove',
];
const DEFAULT_MAX_ROWS = 100;
const DEFAULT_MAX_EVENTS = 1_000;
/** Beyond this a number is a slip. */
const MOST = 1_000_000;

/** Models are few; where their names are made up as one goes, so many are remembered. */
const MOST_REMEMBERED = 1_000;

/** The options of one model, ready for use. */
export interface ModelSettings {
  readonly type: string;
  readonly id: ModelOptions['id'];
  readonly name: ModelOptions['name'];
  readonly keepsField: (field: string) => boolean;
  readonly redactor: Redactor;
  readonly actions: ReadonlySet<DataAction>;
  readonly before: BeforeImage;
  readonly relation: JoinTable | undefined;
}

export interface DataAuditSettings {
  readonly tool: string;
  readonly maxRows: number;
  readonly maxEvents: number;
  /** Null: this model is not recorded. */
  model(name: string): ModelSettings | null;
}

/**
 * Checks the options and fills in what they leave open.
 * @throws TypeError naming the option at fault.
 */
export function resolveDataAudit(layer: string, options: DataAuditOptions): DataAuditSettings {
  refuseUnknownOptions(options, DATA_AUDIT_OPTIONS);
  const records = modelFilter(options);
  const models = options.models ?? {};
  const known = new Map<string, ModelSettings | null>();
  for (const [name, model] of Object.entries(models)) {
    const settings = model === false ? null : modelSettings(`models.${name}`, name, model, options);
    known.set(name, settings !== null && records(name) ? settings : null);
  }
  const others = modelSettings('models', '', {}, options);
  return {
    tool: options.tool ?? layer,
    maxRows: wholeNumber('maxRows', options.maxRows ?? DEFAULT_MAX_ROWS),
    maxEvents: wholeNumber('maxEvents', options.maxEvents ?? DEFAULT_MAX_EVENTS),
    model(name) {
      let settings = known.get(name);
      if (settings === undefined) {
        settings = records(name) ? { ...others, type: name } : null;
        if (known.size < MOST_REMEMBERED) known.set(name, settings);
      }
      return settings;
    },
  };
}

function modelFilter(options: DataAuditOptions): (model: string) => boolean {
  return filter('', { include: options.include, exclude: options.exclude });
}

function modelSettings(path: string, name: string, model: ModelOptions, options: DataAuditOptions): ModelSettings {
  refuseUnknownOptions(model, MODEL_OPTIONS);
  for (const action of model.actions ?? []) {
    if (!ACTIONS.includes(action)) throw optionError(`${path}.actions`, action, `one of ${ACTIONS.join(', ')}`);
  }
  return {
    type: model.type ?? name,
    id: model.id,
    name: model.name,
    keepsField: filter(`${path}.`, { include: model.include, exclude: model.exclude }),
    redactor: createRedactor({ fields: [...(options.redact ?? []), ...(model.redact ?? [])] }),
    actions: new Set(model.actions ?? ACTIONS),
    before: beforeImage(path, model.before ?? beforeImage('', options.before ?? 'fetch')),
    relation: joinTable(`${path}.relation`, model.relation),
  };
}

function joinTable(path: string, relation: JoinTable | undefined): JoinTable | undefined {
  for (const name of ['model', 'owner', 'name', 'related'] as const) {
    const values = relation === undefined ? [] : [relation[name]].flat();
    for (const value of relation && values.length === 0 ? [undefined] : values) {
      if (typeof value !== 'string' || value === '') throw optionError(`${path}.${name}`, value, 'a text');
    }
  }
  return relation;
}

function beforeImage(path: string, value: BeforeImage): BeforeImage {
  if (value === 'fetch' || value === 'none') return value;
  throw optionError(path === '' ? 'before' : `${path}.before`, value, "'fetch' or 'none'");
}

function filter(path: string, patterns: Patterns): (text: string) => boolean {
  for (const name of ['include', 'exclude'] as const) {
    const list = patterns[name];
    if (list !== undefined && !Array.isArray(list)) {
      throw optionError(`${path}${name}`, list, 'an array of texts and RegExps');
    }
  }
  return createFilter(patterns);
}

function wholeNumber(name: string, value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST) return Number(value);
  throw optionError(name, value, `a whole number from 1 to ${MOST}`);
}
