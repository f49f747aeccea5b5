import { Fragment } from 'preact';
import type { Parameters } from './links.ts';
import { Hidden } from './menu.tsx';

/** What is wrong with a parameter, as the form shows it. */
export interface Fault {
  readonly parameter: string;
  readonly message: string;
  /** In a query: where, in UTF-16 units. */
  readonly position?: number | undefined;
  readonly length?: number | undefined;
}

interface SearchFormProps {
  readonly action: string;
  readonly query: string;
  /** The rest of the state; a new search begins on its first page and without a record beside it. */
  readonly keep: Parameters;
  readonly fault: Fault | null;
}

/** The search box with the query language, what is wrong with it, and how it goes. */
export function SearchForm({ action, query, keep, fault }: SearchFormProps) {
  const inQuery = fault?.parameter === 'q';
  return (
    <search class="searching-for">
      <form class="q" action={action}>
        <Hidden values={keep} />
        <input
          class={inQuery ? 'box wrong' : 'box'}
          type="search"
          name="q"
          value={query}
          placeholder="words, &quot;a phrase&quot;, service:billing, level:>=warn, -healthz"
          aria-label="Search"
          aria-invalid={inQuery ? 'true' : undefined}
          aria-describedby={fault ? 'fault' : undefined}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          data-search
        />
        <QueryHelp />
        <button type="submit" class="btn strong">
          Search
        </button>
      </form>
    </search>
  );
}

/** The fault in words, and for a query the place of it. */
export function FaultNote({ fault, query }: { readonly fault: Fault; readonly query: string }) {
  return (
    <div class="fault" id="fault" role="alert">
      <p>{fault.message}</p>
      {fault.position !== undefined && (
        <pre>
          {query}
          {'\n'}
          {' '.repeat(fault.position)}
          {'^'.repeat(Math.max(fault.length ?? 1, 1))}
          {` at character ${fault.position + 1}`}
        </pre>
      )}
    </div>
  );
}

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['timeout', 'the word anywhere in the message or its stack trace, in upper or lower case'],
  ['"connection reset"', 'these words in this order'],
  ['level:>=warn', 'warnings and worse'],
  ['service:billing logger:db.*', 'one service, loggers that begin with db.'],
  ['http.response.status_code:>=500', 'an attribute, as a number'],
  ['user.id:*', 'records that have the attribute'],
  ['resource.host.name:web-1', 'an attribute of the resource'],
  ['(declined OR refused) -test', 'either word, but not the other'],
];

function QueryHelp() {
  return (
    <details class="menu help" data-menu>
      <summary class="btn">
        <span class="sr">Search syntax</span>
        <span aria-hidden="true">?</span>
      </summary>
      <Syntax class="list" />
    </details>
  );
}

/** In the results' place, when the search can't be understood. */
export function SyntaxNotice() {
  return (
    <section class="notice">
      <h2>How to search</h2>
      <Syntax class="syntax" />
    </section>
  );
}

function Syntax({ class: className }: { readonly class: string }) {
  return (
    <dl class={className}>
      {EXAMPLES.map(([example, meaning]) => (
        <Fragment key={example}>
          <dt>{example}</dt>
          <dd>{meaning}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
