import { createHash, timingSafeEqual } from 'node:crypto';
import type { TokenScope, TokenSettings } from './config/config.ts';

/** What a request may do, judged by its Authorization header alone. */
export type Access = 'granted' | 'unauthenticated' | 'forbidden';

/** Whether a request with that header may do what the scope names. */
export type Authorize = (authorization: string | undefined, scope: TokenScope) => Access;

/**
 * With no tokens configured everybody is granted (the start refuses that on public addresses).
 * Accepts `Bearer TOKEN`, and `Basic` with the token as password and any user name, so that a browser can ask for it.
 */
export function createAuthorize(tokens: readonly TokenSettings[]): Authorize {
  if (tokens.length === 0) return () => 'granted';
  const known = tokens.map((token) => ({ digest: Buffer.from(token.sha256, 'hex'), scopes: token.scopes }));
  return (authorization, scope) => {
    const secret = presentedSecret(authorization);
    if (secret === null) return 'unauthenticated';
    const digest = createHash('sha256').update(secret).digest();
    const match = known.find((token) => timingSafeEqual(token.digest, digest));
    if (!match) return 'unauthenticated';
    return match.scopes.includes(scope) ? 'granted' : 'forbidden';
  };
}

function presentedSecret(authorization: string | undefined): string | null {
  const [, scheme, credentials] = /^(\S+) +(\S+) *$/.exec(authorization ?? '') ?? [];
  if (!scheme || !credentials) return null;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? null : pair.slice(colon + 1);
}
