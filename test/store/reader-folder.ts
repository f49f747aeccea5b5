import type { LogRecord, StoredRecord } from '../../receiver/record/log-record.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import type { Day } from '../../receiver/store/embedded/day.ts';
import { decodeAnswer } from '../../receiver/store/embedded/read/answer.ts';
import { Pace } from '../../receiver/store/embedded/read/pace.ts';
import { search } from '../../receiver/store/embedded/read/search.ts';
import { type CacheLimits, StoredDays } from '../../receiver/store/embedded/read/stored-days.ts';
import { SharedVersions } from '../../receiver/store/embedded/shared-versions.ts';
import type { SearchRequest } from '../../receiver/store/store.ts';
import { NOW, QUIET, writerFolder } from './writer-folder.ts';

/** Room for all that these tests read. */
const AMPLE: CacheLimits = { blocks: 2 ** 24, filters: 2 ** 22, listings: 2 ** 24 };

/** A temporary folder with a writer and a reader in it, both in this thread: nothing happens but when a test asks for it. */
export async function readerFolder({ rows = 4, caches = AMPLE }: { rows?: number; caches?: CacheLimits } = {}) {
  const folder = await writerFolder();
  const versions = new SharedVersions();
  const writer = folder.open({ versions, limits: { rows, bytes: 2 ** 20 } });
  const damaged: { readonly day: Day; readonly reason: string }[] = [];
  const openDays = () =>
    new StoredDays({
      directory: folder.directory,
      versions,
      limits: caches,
      onDamage: (day, reason) => damaged.push({ day, reason }),
    });
  const days = openDays();
  return {
    directory: folder.directory,
    writer,
    days,
    /** What the reader had to say of broken files. */
    damaged,
    /** One append; its records stay hot until they are sealed. */
    append(records: readonly LogRecord[]): void {
      writer.append(encodeAppend([{ key: null, records }], NOW));
    },
    /** Seals full blocks. */
    seal(): void {
      while (writer.step());
    },
    /** Seals everything but the present day, and merges what is too small. */
    sealAll(): void {
      folder.clock.now += QUIET + 1;
      while (writer.step());
    },
    /** All pages of a search, each with so little time that it ends as soon as it can. */
    async searchHurried(request: Omit<SearchRequest, 'limit'> & { limit?: number }) {
      const pages: StoredRecord[][] = [];
      let cursor = request.cursor;
      for (;;) {
        const page = await search(days, { limit: 1000, ...request, cursor }, new Pace({ cancelled: false }, 0));
        pages.push(decodeAnswer(page.records));
        if (page.next === null) return pages;
        if (page.next === cursor) throw new Error('the search does not get on');
        cursor = page.next;
      }
    },
    async [Symbol.asyncDispose]() {
      days.closeAll();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A read that nobody leaves and that has all the time there is. */
export const unhurried = () => new Pace({ cancelled: false }, Number.POSITIVE_INFINITY);
