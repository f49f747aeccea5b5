import { ERROR_FROM, WARNING_FROM } from '../../../record/severity.ts';
import { isNewer, type NewestIssue } from '../newest-issue.ts';
import { blocksWithin, type DayRange, firstRowFrom, type Place } from './block-rows.ts';
import { issueOf, loggerKey } from './day-counts.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import type { StoredDays } from './stored-days.ts';

/** A logger's newest warning or worse, and its newest error. */
export interface NewestIssues {
  issue: NewestIssue | null;
  error: NewestIssue | null;
}

/** Reads a record in short; only the newest is read in the end. */
interface Candidate extends Place {
  read(): NewestIssue;
}

type Candidates = Map<string, { issue: Candidate | null; error: Candidate | null }>;

/**
 * The newest issues within a range of a day, of the loggers that are asked for (by `loggerKey`): for a day whose
 * newest ones lie behind the range, so that the records have to be looked at.
 */
export function newestIssuesWithin(
  days: StoredDays,
  listing: DayListing,
  range: DayRange,
  loggers: ReadonlySet<string>,
): ReadonlyMap<string, NewestIssues> {
  const found: Candidates = new Map([...loggers].map((key) => [key, { issue: null, error: null }]));
  const { hot } = listing;
  for (const record of hot.records.slice(hot.placeOf(range.first), hot.placeOf(range.end))) {
    const read = () => issueOf(record);
    note(found, loggerKey(record.service, record.logger), record.severityNumber, { ...record.position, read });
  }
  for (const listed of blocksWithin(listing, range)) noteBlock(days, listing, listed, range, found);
  return new Map(
    [...found].map(([key, { issue, error }]) => {
      return [key, { issue: issue?.read() ?? null, error: error?.read() ?? null }];
    }),
  );
}

function noteBlock(
  days: StoredDays,
  listing: DayListing,
  listed: ListedBlock,
  range: DayRange,
  found: Candidates,
): void {
  const { parts } = listing;
  const sites = listed.header.sites.map(({ logger, severity }) => {
    const names = parts.logger(logger);
    return { key: loggerKey(names.service, names.logger), severity: parts.severity(severity).number };
  });
  if (!sites.some(({ key, severity }) => severity >= WARNING_FROM && found.has(key))) return;
  const block = days.open(listing, listed);
  const { times, sequences } = block;
  const end = firstRowFrom(block, range.end);
  for (let row = firstRowFrom(block, range.first); row < end; row++) {
    const { key, severity } = sites[block.sites[row]!]!;
    if (severity < WARNING_FROM) continue;
    const read = () => {
      const record = days.open(listing, listed).record(row);
      return issueOf(record);
    };
    note(found, key, severity, { time: times[row]!, sequence: sequences[row]!, read });
  }
}

function note(found: Candidates, key: string, severityNumber: number, candidate: Candidate): void {
  const newest = found.get(key);
  if (!newest || severityNumber < WARNING_FROM) return;
  if (!newest.issue || isNewer(candidate, newest.issue)) newest.issue = candidate;
  if (severityNumber >= ERROR_FROM && (!newest.error || isNewer(candidate, newest.error))) newest.error = candidate;
}
