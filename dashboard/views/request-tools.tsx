import { Chips } from './chips.tsx';
import { nameText } from './format.ts';
import { link, type Parameters } from './links.ts';
import { Choice, Menu } from './menu.tsx';
import { NarrowForm } from './narrow-form.tsx';
import { RangeChoice } from './range-choice.tsx';
import type { RequestsProps } from './requests.tsx';

const DIRECTIONS = [
  { direction: undefined, words: 'All' },
  { direction: 'internal', words: 'Incoming' },
  { direction: 'external', words: 'Outgoing' },
] as const;
const STATUSES = ['2xx', '3xx', '4xx', '5xx'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const SLOWER = [
  { slower: '0.1', words: '100 ms' },
  { slower: '0.5', words: '500 ms' },
  { slower: '1', words: '1 s' },
  { slower: '5', words: '5 s' },
] as const;
const FIELDS = [
  { name: 'route', label: 'Route' },
  { name: 'actor', label: 'User id' },
] as const;
const CHIPS = [
  { name: 'route', words: 'route' },
  { name: 'server', words: 'server' },
  { name: 'actor', words: 'by' },
] as const;

/** Which requests: each way keeps all the others (P33). */
export function RequestTools({ page, state, ranges, time, fault }: RequestsProps) {
  const to = (change: Parameters) => link(page.base, '/requests', { ...state, ...change });
  const slower = SLOWER.find((each) => each.slower === state.slower)?.words ?? (state.slower && `${state.slower} s`);
  const method = state.method.map(nameText).join(', ');
  return (
    <>
      <div class="tools">
        <nav class="seg" aria-label="Direction">
          {DIRECTIONS.map(({ direction, words }) => (
            <a
              key={words}
              href={to({ direction })}
              aria-current={state.direction.join() === (direction ?? '') ? 'true' : undefined}
            >
              {words}
            </a>
          ))}
        </nav>
        <RangeChoice page={page} path="/requests" state={{ ...state }} ranges={ranges} time={time} />
        <Menu label={`Status: ${state.status ?? 'any'}`}>
          <Choice href={to({ status: undefined })} chosen={state.status === undefined} words="any" />
          {STATUSES.map((status) => (
            <Choice key={status} href={to({ status })} chosen={state.status === status} words={status} />
          ))}
        </Menu>
        <Menu label={`Method: ${method || 'any'}`}>
          <Choice href={to({ method: undefined })} chosen={state.method.length === 0} words="any" />
          {METHODS.map((name) => (
            <Choice key={name} href={to({ method: name })} chosen={state.method.join() === name} words={name} />
          ))}
        </Menu>
        <Menu label={slower ? `Slower than ${slower}` : 'Took: any'}>
          <Choice href={to({ slower: undefined })} chosen={!slower} words="any" />
          {SLOWER.map((each) => (
            <Choice
              key={each.slower}
              href={to({ slower: each.slower })}
              chosen={state.slower === each.slower}
              words={`${each.words} and longer`}
            />
          ))}
        </Menu>
      </div>
      <NarrowForm
        page={page}
        path="/requests"
        state={{ ...state }}
        label="Search requests"
        placeholder="words, or any query: url.path:/orders/7"
        fields={FIELDS}
        fault={fault}
      />
      <Chips page={page} path="/requests" state={state} filters={CHIPS} />
    </>
  );
}
