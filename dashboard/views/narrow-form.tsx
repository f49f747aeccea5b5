import { link, type Parameters } from './links.ts';
import { Hidden } from './menu.tsx';
import type { PageContext } from './page.ts';
import type { Fault } from './search-form.tsx';

/** A field for one value to be equalled. */
export interface NarrowField<Name extends string> {
  readonly name: Name;
  readonly label: string;
}

interface NarrowFormProps<Name extends string> {
  readonly page: PageContext;
  readonly path: string;
  /** The page's state; what has no field here is kept (P33). */
  readonly state: Parameters & Readonly<Record<Name, readonly string[]>> & { readonly q?: string | undefined };
  readonly label: string;
  readonly placeholder: string;
  readonly fields: readonly NarrowField<Name>[];
  readonly fault: Fault | null;
}

/** A query, and fields for what is asked for most. */
export function NarrowForm<Name extends string>(props: NarrowFormProps<Name>) {
  const { page, path, state, label, placeholder, fields, fault } = props;
  const inQuery = fault?.parameter === 'q';
  const typed = new Set<string>(['q', ...fields.map(({ name }) => name)]);
  return (
    <search>
      <form class="narrow" action={link(page.base, path)}>
        <Hidden values={Object.fromEntries(Object.entries(state).filter(([name]) => !typed.has(name)))} />
        <input
          class={inQuery ? 'text wrong' : 'text'}
          type="search"
          name="q"
          value={state.q}
          placeholder={placeholder}
          aria-label={label}
          aria-invalid={inQuery ? 'true' : undefined}
          aria-describedby={fault ? 'fault' : undefined}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          data-search
        />
        {fields.map((field) => (
          <input
            key={field.name}
            name={field.name}
            value={state[field.name][0]}
            aria-label={field.label}
            placeholder={field.label}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
          />
        ))}
        <button type="submit" class="btn strong">
          Search
        </button>
      </form>
    </search>
  );
}
