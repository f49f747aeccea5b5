/** Query parameters of a page. Absent and empty ones don't appear in the address. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An address within the dashboard, everything in it URL-encoded (PARITY.md P33). `base` is the mount prefix. */
export function link(base: string, path: string, parameters: Parameters = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of entriesOf(parameters)) search.append(name, value);
  const query = search.toString();
  return `${base}${path}${query ? `?${query}` : ''}`;
}

/** Parameters as hidden form fields need them: one pair for each value. */
export function entriesOf(parameters: Parameters): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || value === '') return [];
    return typeof value === 'string' ? [[name, value]] : value.map((one): [string, string] => [name, one]);
  });
}

/** A record's lasting address, below the mount prefix. */
export function recordPath(id: string): string {
  return `/logs/${encodeURIComponent(id)}`;
}

/** Everything about an object. In the query, for proxies take ids with slashes in a path apart. */
export function objectHref(base: string, { type, id }: { readonly type: string; readonly id: string }): string {
  return link(base, '/objects', { type, id });
}

/** An event group in order. */
export function groupHref(base: string, group: string): string {
  return link(base, `/groups/${encodeURIComponent(group)}`);
}
