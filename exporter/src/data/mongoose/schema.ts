interface PathLike {
  readonly instance: string;
  readonly options: { readonly select?: unknown };
  readonly embeddedSchemaType?: { readonly options?: { readonly ref?: unknown } } | undefined;
}

/** The part of Mongoose's `Schema` that is used. */
export interface SchemaLike {
  on(event: string, listener: (...input: unknown[]) => void): unknown;
  eachPath(visit: (path: string, type: unknown) => void): unknown;
  get(key: never): unknown;
}

/** What queries leave out unless asked, such as passwords, and the counter that Mongoose itself keeps. */
export function hiddenPaths(schema: SchemaLike): ReadonlySet<string> {
  const versionKey = schema.get('versionKey' as never);
  const hidden = new Set(typeof versionKey === 'string' ? [versionKey] : []);
  schema.eachPath((path, type) => {
    if ((type as PathLike).options.select === false) hidden.add(path);
  });
  return hidden;
}

/** The schema's own fields that are arrays of other objects' ids. */
export function referenceArrays(schema: SchemaLike): readonly string[] {
  const found: string[] = [];
  schema.eachPath((path, type) => {
    const { instance, embeddedSchemaType } = type as PathLike;
    const isArray = instance === 'Array' && embeddedSchemaType?.options?.ref !== undefined;
    if (isArray && !path.includes('.')) found.push(path);
  });
  return found;
}
