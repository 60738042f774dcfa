import type { AlertChannel, AlertRole } from '../ports/dead-letter-metrics.ts';
import { toWebhookMessage } from './adaptive-card.ts';

export interface WebhookOptions {
  /** An address is a secret: who knows it can post. */
  readonly addresses: Readonly<Record<AlertRole, string | undefined>>;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

/** Posts notices to the webhook of their role as Adaptive Cards. */
export function createWebhookChannel({
  addresses,
  timeoutMs,
  fetch: send,
}: WebhookOptions): AlertChannel {
  return {
    send: async (notice) => {
      const address = addresses[notice.role];
      if (address === undefined) return 'logged';
      const response = await send(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(toWebhookMessage(notice)),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((error: unknown) => {
        // The message of a failed fetch may hold the address; its name does not.
        throw new Error(`the webhook did not answer (${nameOf(error)})`);
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
      return 'delivered';
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
