import type { EventType } from './event.ts';
import { nameText } from './format.ts';

/**
 * An event's type with its mark. The colour of an application's own type is an attribute of SVG, since the policy of our
 * pages allows no style but that of our files; a shape of its own tells it where colours can't.
 */
export function EventTypeName({ type }: { readonly type: EventType }) {
  return (
    <span class={`etype t-${KNOWN.has(type.name) ? type.name : 'custom'}`}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        <Mark type={type} />
      </svg>
      <bdi>{nameText(type.name)}</bdi>
    </span>
  );
}

const KNOWN: ReadonlySet<string> = new Set(['info', 'warning', 'error', 'critical']);

/** Round for good news, a triangle for a warning, a square for an error, a diamond for an application's own. */
function Mark({ type: { name, colour } }: { readonly type: EventType }) {
  switch (name) {
    case 'info':
      return <circle cx="5" cy="5" r="4" />;
    case 'warning':
      return <path d="M5 0.8 9.6 9.2H0.4Z" />;
    case 'error':
    case 'critical':
      return <rect x="1" y="1" width="8" height="8" rx="1" />;
    default:
      return <path d="M5 0.4 9.6 5 5 9.6 0.4 5Z" fill={colour ?? undefined} />;
  }
}
