/** Reads a server's JSON API the way a user's script would. */
export interface ApiRecord {
  readonly id: string;
  readonly timestamp: string;
  readonly observedTimestamp: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly level: string;
  readonly service: string;
  readonly logger: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly eventName: string;
}

export interface ApiCard {
  readonly service: string;
  readonly logger: string;
  readonly errors: number;
  readonly warnings: number;
  readonly total: number;
  readonly recentErrors: number;
  readonly recentWarnings: number;
  readonly lastSeen: string;
  readonly newestIssue: {
    readonly id: string;
    readonly timestamp: string;
    readonly level: string;
    readonly body: string;
  } | null;
  readonly status: string;
  readonly slots: readonly {
    readonly from: string;
    readonly to: string;
    readonly status: string;
    readonly counts: Readonly<Record<string, number>>;
  }[];
}

/** GETs `path` of the API and parses it; an answer other than 2xx is an error that quotes it. */
export async function getJson<T>(dashboard: string, path: string): Promise<T> {
  const response = await fetch(`${dashboard}/api/v1/${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Every record that matches, page after page. */
export async function searchAll(dashboard: string, q: string): Promise<ApiRecord[]> {
  const found: ApiRecord[] = [];
  let cursor: string | null = null;
  do {
    const parameters: URLSearchParams = new URLSearchParams({ q, limit: '1000', ...(cursor ? { cursor } : {}) });
    const page: { results: ApiRecord[]; next: string | null } = await getJson(dashboard, `logs?${parameters}`);
    found.push(...page.results);
    cursor = page.next;
  } while (cursor);
  return found;
}

export async function getCards(dashboard: string, range = '24h'): Promise<ApiCard[]> {
  return (await getJson<{ cards: ApiCard[] }>(dashboard, `cards?range=${range}`)).cards;
}
