import { ago, dayAndTime, exactTime, rfc3339 } from './format.ts';
import type { PageContext } from './page.ts';

interface AgeProps {
  readonly page: PageContext;
  readonly time: bigint;
  /** Words before the age: `last seen`. */
  readonly prefix?: string;
  readonly class?: string;
}

/** `2 min ago`, exact on hover. */
export function Age({ page, time, prefix, class: className }: AgeProps) {
  return (
    <time class={className} dateTime={rfc3339(time)} title={exactTime(time, page.zone)}>
      {prefix ? `${prefix} ${ago(time, page.now)}` : ago(time, page.now)}
    </time>
  );
}

/** `23 Oct 10:18, 29 d ago`, exact on hover: for times that may be long past. */
export function When({ page, time }: Pick<AgeProps, 'page' | 'time'>) {
  return (
    <time dateTime={rfc3339(time)} title={exactTime(time, page.zone)}>
      {dayAndTime(time, page.zone, page.now)}, {ago(time, page.now)}
    </time>
  );
}
