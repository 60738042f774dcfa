import { hubReaderContract } from '../../../support/contracts/hub-reader.ts';
import { createMemoryHub } from '../../../support/ingest-world/memory-hub.ts';

hubReaderContract('in memory', () => {
  const hub = createMemoryHub();
  return Promise.resolve({
    reader: hub,
    partition: hub.partition('0'),
    send: (bodies) => {
      for (const body of bodies) hub.send('0', { body });
      return Promise.resolve();
    },
  });
});
