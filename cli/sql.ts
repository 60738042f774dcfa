/** Command: `npm run sql -- "select ..."`. Queries the Bronze tables with DuckDB. */
import { runCommand } from './command-error.ts';
import { openDuck } from './duck.ts';
import { openLake } from './lake.ts';
import { runQuery } from './query.ts';
import { toJsonCell, toTextCell } from './result-cells.ts';
import { parseSqlOptions, sqlHelp, type SqlOptions } from './sql-options.ts';
import { openContainer } from './storage-clients.ts';
import { openStoredData } from './stored-data.ts';
import { formatTextTable } from './text-table.ts';

await runCommand(async () => {
  const options = parseSqlOptions(process.argv.slice(2));
  process.stdout.write(options === 'help' ? sqlHelp : await answer(options));
  return 0;
});

async function answer({ sql, versions, isJson, dataFolder }: SqlOptions): Promise<string> {
  const data = await openStoredData(dataFolder);
  const { connection, close } = await openDuck();
  try {
    const { connections, bronze } = data.config;
    const lake = openLake(await openContainer(connections.bronzeStorage, bronze.container));
    const { cacheFolder } = data;
    const result = await runQuery({ sql, versions }, { connection, lake, cacheFolder });
    const names = result.deduplicatedColumnNames();
    const rows = result.getRows();
    if (!isJson)
      return formatTextTable(
        names,
        rows.map((row) => row.map(toTextCell)),
      );
    const objects = rows.map((row) =>
      Object.fromEntries(row.map((cell, index) => [names[index] ?? '', toJsonCell(cell)])),
    );
    return `${JSON.stringify(objects)}\n`;
  } finally {
    close();
    await data.close();
  }
}
