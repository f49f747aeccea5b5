import type { AuditProps } from './audit.tsx';
import { AUDIT_FILTERS, type AuditFilter } from './audit-state.ts';
import { Chips } from './chips.tsx';
import { exact, nameText } from './format.ts';
import { link, type Parameters } from './links.ts';
import { Choice, Menu } from './menu.tsx';
import { type NarrowField, NarrowForm } from './narrow-form.tsx';
import { RangeChoice } from './range-choice.tsx';

const KINDS = [
  { kind: 'action', words: 'Actions' },
  { kind: 'group', words: 'Event groups' },
  { kind: 'any', words: 'Both' },
] as const;

/** Fields to type into; actions and tools are chosen from what there is. */
const FIELDS: readonly NarrowField<AuditFilter>[] = [
  { name: 'actor', label: 'User id' },
  { name: 'object_type', label: 'Object type' },
  { name: 'object_id', label: 'Object id' },
];
const FIELDS_OF_GROUPS: readonly NarrowField<AuditFilter>[] = [
  { name: 'group', label: 'Group' },
  { name: 'type', label: 'Type' },
  { name: 'initiator', label: 'Initiator' },
];
const CHOICES = 12;

/** Which events, by what they say and when: each way keeps all the others (P33). */
export function AuditTools({ page, state, kind, ranges, time, stats, fault }: AuditProps) {
  const to = (change: Parameters) => link(page.base, '/audit', { ...state, ...change });
  const month = stats.at(-1);
  return (
    <>
      <div class="tools">
        <nav class="seg" aria-label="Which events">
          {KINDS.map((each) => (
            <a
              key={each.kind}
              href={to({ kind: each.kind === 'action' ? undefined : each.kind })}
              aria-current={each.kind === kind ? 'true' : undefined}
            >
              {each.words}
            </a>
          ))}
        </nav>
        <RangeChoice page={page} path="/audit" state={{ ...state }} ranges={ranges} time={time} />
        {kind !== 'group' && (
          <>
            <ValueMenu
              label="Action"
              chosen={state.action}
              values={month?.byAction ?? []}
              href={(action) => to({ action })}
            />
            <ValueMenu label="Tool" chosen={state.tool} values={month?.byTool ?? []} href={(tool) => to({ tool })} />
          </>
        )}
      </div>
      <NarrowForm
        page={page}
        path="/audit"
        state={{ ...state }}
        label="Search events"
        placeholder="words in the message, or any query"
        fields={kind === 'group' ? FIELDS_OF_GROUPS : FIELDS}
        fault={fault}
      />
      <Chips page={page} path="/audit" state={state} filters={AUDIT_FILTERS} />
    </>
  );
}

interface ValueMenuProps {
  readonly label: string;
  readonly chosen: readonly string[];
  readonly values: readonly { readonly value: string; readonly count: number }[];
  readonly href: (value: string | undefined) => string;
}

/** The most frequent values of the last 30 days. */
function ValueMenu({ label, chosen, values, href }: ValueMenuProps) {
  return (
    <Menu label={`${label}: ${chosen.map(nameText).join(', ') || 'any'}`}>
      <Choice href={href(undefined)} chosen={chosen.length === 0} words="any" />
      {values.slice(0, CHOICES).map(({ value, count }) => (
        <Choice
          key={value}
          href={href(value)}
          chosen={chosen.join() === value}
          words={`${nameText(value)} · ${exact(count)}`}
        />
      ))}
    </Menu>
  );
}
