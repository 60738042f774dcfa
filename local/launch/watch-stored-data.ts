import { join } from 'node:path';
import type { Watched } from '../summary/follow.ts';
import { parseReport, type StoredReport } from '../summary/report-codec.ts';
import { parseSagaReport, type SagaReport } from '../summary/saga-report-codec.ts';
import type { Crew } from './crew.ts';
import { repository } from './foundation.ts';

/** What commands of the application say of its stored data, again and again. */
export interface WatchedData {
  readonly verdicts: Watched<StoredReport>;
  readonly sagas: Watched<SagaReport>;
}

/** The commands watch: this program knows nothing of how the application stores. */
export async function watchStoredData(crew: Crew, dataFolder: string): Promise<WatchedData> {
  const watching = { crew, dataFolder };
  const [verdicts, sagas] = await Promise.all([
    watch('reconcile', parseReport, watching),
    watch('sagas', parseSagaReport, watching),
  ]);
  return { verdicts, sagas };
}

async function watch<Report>(
  command: string,
  parse: (line: string) => Report,
  { crew, dataFolder }: { readonly crew: Crew; readonly dataFolder: string },
): Promise<Watched<Report>> {
  let newest: Report | undefined;
  const ready = await crew.start({
    name: command,
    args: [join(repository, `cli/${command}.ts`), '--watch', '--data', dataFolder],
    onLine: (line) => {
      newest = parse(line);
    },
  });
  const before = parse(ready);
  return { before, latest: () => newest ?? before };
}
