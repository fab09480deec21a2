import { fileStoreContract } from './file-store.contract.ts';
import { createFakeFileStore } from './file-store.fake.ts';

fileStoreContract('in memory', () => {
  let aheadMs = 0;
  const store = createFakeFileStore(() => new Date(Date.now() + aheadMs));
  return Promise.resolve({
    store,
    bench: store,
    advance(seconds) {
      aheadMs += seconds * 1000;
    },
    close: () => Promise.resolve(),
  });
});
