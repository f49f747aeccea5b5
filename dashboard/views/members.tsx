import { exact, plural } from './format.ts';

/** Which members of a group or trace a page shows. */
export interface MembersPart {
  /** How many come before them. */
  readonly offset: number;
  readonly shown: number;
  readonly count: number;
  /** False when there are more than `count`. */
  readonly isCounted: boolean;
  /** From the first of all to the last shown, in words. */
  readonly span: string;
  /** Where the others are. */
  readonly earlier: string | null;
  readonly later: string | null;
}

/** `5 records · 37.5 s from first to last`, or which of them. */
export function MembersSummary({ part }: { readonly part: MembersPart }) {
  const { offset, shown, count, isCounted, span } = part;
  if (shown === count && isCounted) {
    return (
      <>
        {plural(count, 'record')} · {span} from first to last
      </>
    );
  }
  return (
    <>
      Records {exact(offset + 1)} to {exact(offset + shown)} of {exact(count)}
      {!isCounted && '+'} · {span} from the first of all to the last of these
    </>
  );
}

/** Links to the members before and after those shown. */
export function OtherMembers({ part: { earlier, later } }: { readonly part: MembersPart }) {
  if (earlier === null && later === null) return null;
  return (
    <nav class="pager" aria-label="More members">
      {earlier !== null && (
        <a class="btn" rel="prev" href={earlier}>
          ← Earlier
        </a>
      )}
      {later !== null && (
        <a class="btn" rel="next" href={later}>
          Later →
        </a>
      )}
    </nav>
  );
}
