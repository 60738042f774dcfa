import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseCard, type ShownAlert } from './card-codec.ts';

/** Stands for the webhooks that alerts go to in production. */
export interface AlertSink {
  /** Settings that send the alerts of every role here, soon after they are due. */
  readonly settings: Readonly<Record<string, string>>;
  /** How many alerts were raised so far. */
  raised(): number;
  stop(): void;
}

const roles = ['data_engineering', 'on_call', 'data_steward', 'investigation'];
/** A person in front of it does not wait for five minutes. */
const schedule = '*/10 * * * * *';
const maxWidth = 160;

/** Listens on a free port and says one line for each notice. */
export async function startAlertSink(say: (line: string) => void): Promise<AlertSink> {
  let raised = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const alert = parseCard(body);
      response.writeHead(alert === undefined ? 400 : 202).end();
      if (alert === undefined) return;
      if (alert.heading.startsWith('Alert:')) raised += 1;
      say(describe(alert));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const webhooks = roles.map((role): readonly [string, string] => [
    `alert_webhook_${role}`,
    `http://127.0.0.1:${port}/${role}`,
  ]);
  return {
    settings: { dead_letter_schedule: schedule, ...Object.fromEntries(webhooks) },
    raised: () => raised,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Producers chose some of it: nothing of it may move the cursor. */
function describe({ heading, facts }: ShownAlert): string {
  const parts = [facts['Of'], facts['Value'], facts['For'] && `for ${facts['For']}`];
  const given = parts.filter((part) => part !== undefined && part !== '');
  const line = `${heading} (${given.join('; ')})`;
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\u00b7').slice(0, maxWidth);
}
