import type { ChangedField, ChangedFields } from '../events/changed-fields.ts';
import { exact, oneLine, printable, shortened } from './format.ts';

/** A longer value is cut, here and in lists. */
const VALUE_LENGTH = 240;
const SHORT_LENGTH = 60;
/** Fields shown until all are asked for. */
const MOST_FIELDS = 50;

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;

interface DiffProps {
  readonly changes: ChangedFields;
  /** All fields, each value whole. */
  readonly full: boolean;
  /** Where to see it so. */
  readonly href: string;
  /** Where even those are that are too many to be shown. */
  readonly json: string;
}

/** What an event changed, a field a line: what it held before and after (PARITY.md P75). */
export function Diff({ changes: { fields, count }, full, href, json }: DiffProps) {
  if (fields.length === 0) return <p class="none">Nothing changed.</p>;
  const shown = full ? fields : fields.slice(0, MOST_FIELDS);
  const isCut = !full && (shown.length < fields.length || shown.some(isLong));
  const missing = shown.length < count ? `${exact(shown.length)} of ${exact(count)} fields` : '';
  return (
    <>
      <table class="diff">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((field, index) => (
            <tr key={index} class={field.kind}>
              <th scope="row">
                <span class="sign" aria-hidden="true">
                  {SIGNS[field.kind]}
                </span>
                <span class="sr">{field.kind} </span>
                <bdi>{printable(field.path)}</bdi>
              </th>
              <td class="before">{field.before === null ? <Nothing /> : <Before text={field.before} full={full} />}</td>
              <td class="after">{field.after === null ? <Nothing /> : <After text={field.after} full={full} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && (
        <p class="more">
          {[missing, shown.some(isLong) && 'long values cut'].filter(Boolean).join(', ')}. <a href={href}>Show all</a>
        </p>
      )}
      {full && missing && (
        <p class="more">
          {missing}. <a href={json}>All as JSON</a>
        </p>
      )}
    </>
  );
}

const isLong = ({ before, after }: ChangedField): boolean =>
  (before?.length ?? 0) > VALUE_LENGTH || (after?.length ?? 0) > VALUE_LENGTH;

function Before({ text, full }: { readonly text: string; readonly full: boolean }) {
  return (
    <del>
      <bdi>{printable(full ? text : shortened(text, VALUE_LENGTH))}</bdi>
    </del>
  );
}

function After({ text, full }: { readonly text: string; readonly full: boolean }) {
  return (
    <ins>
      <bdi>{printable(full ? text : shortened(text, VALUE_LENGTH))}</bdi>
    </ins>
  );
}

function Nothing() {
  return (
    <span class="none">
      <span aria-hidden="true">—</span>
      <span class="sr">nothing</span>
    </span>
  );
}

/** The first changes in short, for a line of a list: `status open → paid`. */
export function ChangesInShort({
  fields,
  more,
  href,
}: {
  readonly fields: readonly ChangedField[];
  readonly more: number;
  readonly href: string;
}) {
  if (fields.length === 0) return null;
  return (
    <ul class="changes">
      {fields.map((field, index) => (
        <li key={index} class={field.kind}>
          <span class="sign" aria-hidden="true">
            {SIGNS[field.kind]}
          </span>
          <span class="sr">{field.kind} </span>
          <bdi class="path">{oneLine(shortened(field.path, SHORT_LENGTH))}</bdi>{' '}
          {field.before !== null && (
            <del>
              <bdi>{oneLine(shortened(field.before, SHORT_LENGTH))}</bdi>
            </del>
          )}
          {field.kind === 'changed' && (
            <>
              <span aria-hidden="true"> → </span>
              <span class="sr"> to </span>
            </>
          )}
          {field.after !== null && (
            <ins>
              <bdi>{oneLine(shortened(field.after, SHORT_LENGTH))}</bdi>
            </ins>
          )}
        </li>
      ))}
      {more > 0 && (
        <li>
          <a href={href}>{exact(more)} more</a>
        </li>
      )}
    </ul>
  );
}
