import { MAX_PAGE } from '../../receiver/store/store.ts';
import { clientSignal } from '../api/context.ts';
import { loadMembers, type Membership, type MembersPage } from '../members.ts';
import { single } from '../params.ts';
import { elapsed } from '../views/format.ts';
import { link } from '../views/links.ts';
import type { MembersPart } from '../views/members.tsx';
import { NotFound } from './failures.tsx';
import type { PageRequest } from './page-context.ts';
import type { Site } from './site.ts';

/** As many members of a group or trace as a page has room for. */
export async function loadShownMembers({ options }: Site, ctx: PageRequest, whose: Membership): Promise<MembersPage> {
  const cursor = single(ctx.query, 'cursor');
  const members = await loadMembers(options.store, whose, { limit: MAX_PAGE, cursor, signal: clientSignal(ctx) });
  if (!members?.records.length) throw new NotFound(`There are no records of this ${whose.kind}.`);
  return members;
}

/** Which of all the members a page shows, and where the others are. */
export function membersPart(members: MembersPage, address: string): MembersPart {
  const { records, first, offset, count, isCounted, next } = members;
  const span = elapsed(records.at(-1)!.timestamp - first.timestamp).replace(/^\+/, '');
  const before = Math.max(offset - MAX_PAGE, 0);
  return {
    offset,
    shown: records.length,
    count,
    isCounted,
    span,
    earlier: offset === 0 ? null : link(address, '', { cursor: before === 0 ? undefined : String(before) }),
    later: next && link(address, '', { cursor: next }),
  };
}
