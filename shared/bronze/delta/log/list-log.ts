import type { EpochMs } from '../../../kernel/time.ts';
import { logFolder, parseLogName } from '../codec/log-names.ts';
import type { LogFile } from '../log-listing.ts';
import type { TableSource } from './table-source.ts';

export interface LogListing {
  readonly files: readonly LogFile[];
  /** When, by the store's clock, the listing began. */
  readonly at: EpochMs;
}

/** Lists the log. Files that the protocol does not name are left out. */
export async function listLog({ store, root }: TableSource): Promise<LogListing> {
  const { objects, at } = await store.list(root + logFolder);
  const files = objects.flatMap(({ name, modifiedAt }) => {
    const relative = name.slice(root.length);
    const parsed = parseLogName(relative);
    return parsed === undefined ? [] : [{ ...parsed, name: relative, modifiedAt }];
  });
  return { files, at };
}
