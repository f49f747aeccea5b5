import { embeddedFolder } from '../../store/embedded-folder.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { describeAuditApi } from '../audit-api.ts';

describeAuditApi('the audit views on the reference store', async () => {
  const store = createMemoryStore();
  return { store, reopen: async () => store, cleanup: () => store.close() };
});

describeAuditApi('the audit views on the embedded store', async () => {
  const folder = await embeddedFolder();
  // Blocks of a few records, so that some are sealed.
  const store = await folder.open({ blockRows: 4, sealAfter: 8 });
  return { store, reopen: async () => store, cleanup: () => folder[Symbol.asyncDispose]() };
});
