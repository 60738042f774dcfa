/** Command: `npm run dlq`. Lists, shows, exports and repairs dead letters over the HTTP API. */
import { runCommand } from './command-error.ts';
import { openDlqClient } from './dlq/dlq-client.ts';
import { dlqHelp } from './dlq/dlq-help.ts';
import { parseDlqOptions } from './dlq/dlq-options.ts';
import { runVerb } from './dlq/run-verb.ts';

await runCommand(async () => {
  const args = process.argv.slice(2);
  const options = parseDlqOptions(args, process.env);
  if (options !== 'help') return await runVerb(openDlqClient(options.access), options, args);
  process.stdout.write(dlqHelp);
  return 0;
});
