import type { Redactor } from '../emit/redact.ts';

/** The part of an HTTP request's target, as sent, that names the resource, and the rest. */
export interface Target {
  readonly path: string;
  /** Without the `?`; undefined when there was none. */
  readonly query: string | undefined;
}

/** @param target as in a request line: `/path?query`, or an address when a proxy is meant. */
export function splitTarget(target: string): Target {
  const path = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const mark = path.indexOf('?');
  return mark < 0 ? { path, query: undefined } : { path: path.slice(0, mark), query: path.slice(mark + 1) };
}

/** A target that is an address of its own, as is sent to a proxy, taken apart; without `user:password@`. */
export function absoluteTarget(origin: string, target: string): { readonly origin: string; readonly target: string } {
  const [, ownOrigin, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)(.*)$/i.exec(target) ?? [];
  return ownOrigin === undefined ? { origin, target } : { origin: ownOrigin.replace(/\/\/.*@/, '//'), target: rest };
}

/** `url.query` is left out when there is nothing in it. */
export function shownQuery(query: string | undefined, redactor: Redactor): string | undefined {
  return query ? redactor.query(query) : undefined;
}

/** A host, and its port where it says one. */
export interface Authority {
  readonly host: string | undefined;
  readonly port: number | undefined;
}

const NOBODY: Authority = { host: undefined, port: undefined };
/** Requests come for the same host, one after the other. */
let lastText: string | undefined;
let lastAuthority = NOBODY;

/** @param text a `Host` header: `example.com`, `example.com:8080`, `[::1]:8080`. */
export function parseAuthority(text: string | undefined): Authority {
  if (text === undefined) return NOBODY;
  if (text !== lastText) {
    const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
    lastText = text;
    lastAuthority = { host: bracketed ?? plain ?? text, port: port === undefined ? undefined : Number(port) };
  }
  return lastAuthority;
}
