import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseCard, type ShownAlert } from './card-codec.ts';

const roles = ['data_engineering', 'on_call', 'data_steward', 'investigation'];
/** A person in front of it does not wait for five minutes. */
const schedule = '*/10 * * * * *';
const maxWidth = 160;

/**
 * Stands for the webhooks of production: listens on a free port and says one line for each notice.
 * Resolves to the settings that send the alerts of every role there, soon after they are due. It
 * keeps no process alive.
 */
export async function startAlertSink(
  say: (line: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const alert = parseCard(body);
      response.writeHead(alert === undefined ? 400 : 202).end();
      if (alert !== undefined) say(describe(alert));
    });
  });
  server.unref().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const webhooks = roles.map((role): readonly [string, string] => [
    `alert_webhook_${role}`,
    `http://127.0.0.1:${port}/${role}`,
  ]);
  return { dead_letter_schedule: schedule, ...Object.fromEntries(webhooks) };
}

/** Producers chose some of it: nothing of it may move the cursor. */
function describe({ heading, facts }: ShownAlert): string {
  const parts = [facts['Of'], facts['Value'], facts['For'] && `for ${facts['For']}`];
  const given = parts.filter((part) => part !== undefined && part !== '');
  const line = `${heading} (${given.join('; ')})`;
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\u00b7').slice(0, maxWidth);
}
