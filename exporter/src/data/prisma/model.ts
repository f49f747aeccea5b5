import { binaryText } from '../binary.ts';
import type { Row } from '../change.ts';

/** What Prisma's client knows of its models as it runs. */
export interface DataModel {
  readonly models: Readonly<Record<string, { readonly fields: readonly FieldLike[] } | undefined>>;
}

interface FieldLike {
  readonly name: string;
  /** `object` is a relation. */
  readonly kind: string;
  readonly type: string;
}

export type Values = Readonly<Record<string, unknown>>;

/** One of Prisma's models, as far as its data tells. */
export class PrismaModel {
  readonly name: string;
  readonly #fields: ReadonlyMap<string, FieldLike>;

  constructor(name: string, data: DataModel | undefined) {
    this.name = name;
    this.#fields = new Map(data?.models[name]?.fields.map((field) => [field.name, field]));
  }

  /** The record's own fields, without what it was asked to include. */
  row(record: unknown): Row {
    return Object.fromEntries(this.#own(record).map(([name, value]) => [name, plain(value)]));
  }

  /** The values that the data of a call states; what the database computes is left out. */
  stated(data: unknown): Row {
    return Object.fromEntries(
      this.#own(data).flatMap(([name, value]) => {
        if (this.#fields.get(name)?.type === 'Json' || !isPlainObject(value)) return [[name, plain(value)]];
        return 'set' in value ? [[name, plain(value.set)]] : [];
      }),
    );
  }

  /** The ids of the objects that the data ties to the record, or cuts from it, by relation. */
  relations(data: unknown): { readonly relation: string; readonly added: string[]; readonly removed: string[] }[] {
    return Object.entries(data ?? {}).flatMap(([relation, work]) => {
      // The other object's id is a field of its own then.
      const isField = this.#fields.get(relation)?.kind !== 'object' || this.#fields.has(`${relation}Id`);
      if (isField || !isPlainObject(work)) return [];
      const { connect, set, disconnect } = work;
      return [{ relation, added: [...idsOf(connect), ...idsOf(set)], removed: idsOf(disconnect) }];
    });
  }

  #own(record: unknown): [string, unknown][] {
    return Object.entries(record ?? {}).filter(([name, value]) => {
      const kind = this.#fields.get(name)?.kind;
      return value !== undefined && kind !== undefined && kind !== 'object';
    });
  }
}

function idsOf(conditions: unknown): string[] {
  return [conditions ?? []].flat().flatMap((condition) => {
    if (!isPlainObject(condition)) return [];
    const values = Object.values(condition).flatMap((value) => (isPlainObject(value) ? Object.values(value) : [value]));
    return [values.map(String).join(',')];
  });
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return binaryText(value);
  // Prisma's decimals.
  return typeof value === 'object' && value !== null && 'toFixed' in value ? String(value) : value;
}

function isPlainObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
