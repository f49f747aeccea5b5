import { exact, oneLine } from './format.ts';
import type { Parameters } from './links.ts';
import { Hidden } from './menu.tsx';
import type { Tone } from './record.ts';

/** A field and its most frequent values among the matching records. */
export interface Facet {
  readonly title: string;
  readonly values: readonly FacetValue[];
  /** False when counting ended early. */
  readonly complete: boolean;
  /** Takes away a field that a reader added. */
  readonly remove?: string | undefined;
}

export interface FacetValue {
  readonly value: string;
  readonly count: number;
  /** The search with this value added, or without it when it is chosen. */
  readonly href: string;
  readonly chosen: boolean;
  readonly tone?: Tone | undefined;
}

interface FacetsProps {
  readonly facets: readonly Facet[];
  /** Where the form for another field leads, and the state it keeps. */
  readonly action: string;
  readonly state: Parameters;
  /** The fields shown by wish. */
  readonly added: readonly string[];
}

export function Facets({ facets, action, state, added }: FacetsProps) {
  return (
    <aside class="facets" aria-labelledby="narrow">
      <h2 id="narrow" class="sr">
        Narrow the search
      </h2>
      {facets.map((facet) => (
        <section key={facet.title} class="facet">
          <h3>
            <bdi>{oneLine(facet.title)}</bdi>
            {facet.remove && (
              <a class="away" href={facet.remove} aria-label={`Remove ${facet.title}`}>
                ×
              </a>
            )}
          </h3>
          {facet.values.length === 0 && <p class="none">no values</p>}
          {facet.values.map((value) => (
            <a
              key={value.value}
              href={value.href}
              aria-current={value.chosen ? 'true' : undefined}
              title={value.chosen ? 'Stop filtering by this value' : value.value}
            >
              {value.tone && <i class={`dot ${value.tone}`} aria-hidden="true" />}
              <bdi>{oneLine(value.value) || '(empty)'}</bdi>{' '}
              <span class="n">
                {exact(value.count)}
                {!facet.complete && '+'}
              </span>
            </a>
          ))}
        </section>
      ))}
      <details class="add-facet">
        <summary>+ field</summary>
        <form action={action}>
          <Hidden values={{ ...state, facet: added }} />
          <input name="facet" aria-label="Attribute key, or resource.KEY" placeholder="user.id" required />
          <button type="submit" class="btn">
            Show
          </button>
        </form>
      </details>
    </aside>
  );
}
