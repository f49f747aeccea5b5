import type { Resource, Scope } from '../../../record/log-record.ts';
import type { DayParts, StoredPart } from '../block/block-source.ts';
import { readResource, readScope } from '../value-codec.ts';
import type { DayFile } from './day-file.ts';

/** Parts of one kind held, and the bytes of resources and scopes as stored; beyond either, all are forgotten. */
const PARTS_HELD = 5000;
const PART_BYTES_HELD = 1024 * 1024;

/** Asks the day's file. Throws when it does not know, for whatever reason. */
type AskFile = <T>(what: string, work: (file: DayFile) => T | null) => T;

/** What the ids in a day's blocks stand for: asked of the file once and remembered, for ids never change their meaning. */
export class StoredParts implements DayParts {
  readonly #ask: AskFile;
  readonly #loggers = new Map<number, { readonly service: string; readonly logger: string }>();
  readonly #severities = new Map<number, { readonly number: number; readonly text: string }>();
  readonly #resources = new Map<number, StoredPart<Resource>>();
  readonly #scopes = new Map<number, StoredPart<Scope>>();
  #partBytes = 0;

  constructor(ask: AskFile) {
    this.#ask = ask;
  }

  logger(id: number): { readonly service: string; readonly logger: string } {
    return held(this.#loggers, id, () => {
      const [service, logger] = this.#ask(`the logger ${id}`, (file) => file.logger(id));
      return { service, logger };
    });
  }

  severity(id: number): { readonly number: number; readonly text: string } {
    return held(this.#severities, id, () => {
      const [number, text] = this.#ask(`the severity ${id}`, (file) => file.severity(id));
      return { number, text };
    });
  }

  resource(id: number): StoredPart<Resource> {
    return held(this.#resources, id, () => {
      const bytes = this.#ask(`the resource ${id}`, (file) => file.resource(id));
      return this.#part(bytes, readResource);
    });
  }

  scope(id: number): StoredPart<Scope> {
    return held(this.#scopes, id, () => {
      const bytes = this.#ask(`the scope ${id}`, (file) => file.scope(id));
      return this.#part(bytes, readScope);
    });
  }

  #part<T>(bytes: Uint8Array, read: (bytes: Uint8Array) => T): StoredPart<T> {
    this.#partBytes += bytes.length;
    if (this.#partBytes > PART_BYTES_HELD) {
      this.#resources.clear();
      this.#scopes.clear();
      this.#partBytes = bytes.length;
    }
    return new LazyPart(bytes, read);
  }
}

/** A part in its stored bytes, decoded when first asked for. */
class LazyPart<T> implements StoredPart<T> {
  readonly bytes: Uint8Array;
  readonly #read: (bytes: Uint8Array) => T;
  #value: T | undefined;

  constructor(bytes: Uint8Array, read: (bytes: Uint8Array) => T) {
    this.bytes = bytes;
    this.#read = read;
  }

  get value(): T {
    this.#value ??= this.#read(this.bytes);
    return this.#value;
  }
}

function held<T>(parts: Map<number, T>, id: number, read: () => T): T {
  const known = parts.get(id);
  if (known !== undefined) return known;
  const part = read();
  if (parts.size >= PARTS_HELD) parts.clear();
  parts.set(id, part);
  return part;
}
