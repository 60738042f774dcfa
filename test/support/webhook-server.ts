import { once } from 'node:events';
import { createServer } from 'node:http';

/** An alert as a webhook of Teams or Logic Apps gets it. */
export interface ReceivedAlert {
  /** The path that it was posted to. */
  readonly path: string;
  /** The status that it was answered with. */
  readonly status: number;
  readonly heading: string;
  readonly facts: Readonly<Record<string, string>>;
}

interface Card {
  readonly attachments: readonly {
    readonly content: {
      readonly body: readonly {
        readonly text?: string;
        readonly facts?: readonly { readonly title: string; readonly value: string }[];
      }[];
    };
  }[];
}

export interface WebhookServer {
  readonly url: string;
  readonly received: ReceivedAlert[];
  /** Answers the next requests with 500. */
  fail(times: number): void;
  stop(): void;
}

/** A real HTTP server in the place of the webhooks of all roles. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const received: ReceivedAlert[] = [];
  let failures = 0;
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const card = JSON.parse(chunks.map(String).join('')) as Card;
      const body = card.attachments[0]?.content.body ?? [];
      const facts = body.flatMap((part) => part.facts ?? []);
      const status = failures > 0 ? 500 : 202;
      failures -= 1;
      received.push({
        ...{ path: request.url ?? '', status, heading: body[0]?.text ?? '' },
        facts: Object.fromEntries(facts.map(({ title, value }) => [title, value])),
      });
      response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    ...{ url: `http://127.0.0.1:${port}`, received },
    fail: (times) => {
      failures = times;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
