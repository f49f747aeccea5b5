import { z } from 'zod';

/** What a reader of the reference needs to know of a setting, kept beside its schema. */
interface About {
  /** What it does, in a sentence or two. */
  readonly about?: string;
  /** What may be written, in the words of the error messages. */
  readonly allowed?: string;
}

const abouts = z.registry<About>();

/** A setting: its meaning, what it may be, and what it is when nobody says (as one would write it). */
export function setting<S extends z.ZodType>(about: string, schema: S, byDefault: z.input<S>) {
  const withDefault = schema.prefault(byDefault as never);
  abouts.add(withDefault, { about });
  return withDefault;
}

/** The meaning of a key that has no default: it must be given, or may be left out. */
export function meaning<S extends z.ZodType>(about: string, schema: S): S {
  const described = schema.clone() as S;
  abouts.add(described, { ...abouts.get(schema), about });
  return described;
}

/** Gives a schema the words that say what it allows. */
export function allowing<S extends z.ZodType>(allowed: string, schema: S): S {
  abouts.add(schema, { allowed });
  return schema;
}

/** A group of settings; unknown keys are faults. */
export function object<S extends z.core.$ZodShape>(shape: S) {
  return allowing('an object', z.strictObject(shape, { error: 'an object' }));
}

export function wholeNumber(min: number, max: number, noun = 'a whole number') {
  const error = `${noun}, ${min} to ${max}`;
  return allowing(error, z.int({ error }).min(min, { error }).max(max, { error }));
}

export function trueOrFalse() {
  return allowing('true or false', z.boolean({ error: 'true or false' }));
}

export function text(maxLength: number) {
  const error = `a text of 1 to ${maxLength} characters`;
  return allowing(error, z.string({ error }).min(1, { error }).max(maxLength, { error }));
}

export function oneOf<const V extends readonly [string, ...string[]]>(...values: V) {
  const error = values.map((value) => JSON.stringify(value)).join(' or ');
  return allowing(error, z.enum(values, { error }));
}

/** At most 1000 of the same kind. */
export function list<S extends z.ZodType>(item: S, noun: string) {
  const error = `a list of ${noun}, at most 1000`;
  return allowing(error, z.array(item, { error }).max(1000, { error }));
}

/** Anything checked and turned by a function that gives `undefined` for what it refuses. */
export function parsed<In, Out>(allowed: string, parse: (value: In) => Out | undefined) {
  const schema = z.custom<In>().transform((value, context): Out => {
    const result = value === undefined ? undefined : parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: allowed });
    return z.NEVER;
  });
  return allowing(allowed, schema);
}

/** The first thing said about a schema or what it wraps. */
export function describe(schema: z.core.$ZodType, what: keyof About): string | undefined {
  for (let inner: z.core.$ZodType | undefined = schema; inner; inner = unwrapOnce(inner)) {
    const said = abouts.get(inner)?.[what];
    if (said !== undefined) return said;
  }
  return undefined;
}

/** The default as one would write it, `undefined` for a key that must be given or may be left out. */
export function defaultOf(schema: z.core.$ZodType): unknown {
  return schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined;
}

/** What a schema is beneath its default, transformation and "or null". */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let result = schema;
  for (let inner = unwrapOnce(result); inner; inner = unwrapOnce(inner)) result = inner;
  return result;
}

function unwrapOnce(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return schema.def.innerType;
  }
  return schema instanceof z.ZodPipe ? schema.def.in : undefined;
}

/** The schema that a path of keys leads to, or null where it leads nowhere. */
export function schemaAt(root: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | null {
  let schema = root;
  for (const key of path) {
    const outer = unwrap(schema);
    if (outer instanceof z.ZodObject && Object.hasOwn(outer.shape, key)) schema = outer.shape[key as string]!;
    else if (outer instanceof z.ZodRecord) schema = outer.valueType;
    else if (outer instanceof z.ZodArray) schema = outer.element;
    else return null;
  }
  return schema;
}
