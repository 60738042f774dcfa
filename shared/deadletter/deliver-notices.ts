import { durationMs, epochMs, type Clock } from '../kernel/time.ts';
import type { AlertChannel, DeadLetterMetrics, Notice } from '../ports/dead-letter-metrics.ts';
import type { Log } from '../ports/log.ts';

export interface DeliveryOptions {
  readonly metrics: Pick<DeadLetterMetrics, 'due' | 'settle'>;
  readonly channel: AlertChannel;
  readonly clock: Clock;
  readonly log: Log;
}

/** A slow webhook must not keep the timer: what is left is delivered by the next run. */
const budget = durationMs(20_000);
const noticesPerRun = 50;
const maxAttempts = 12;
const firstPause = durationMs(60_000);
const greatestPause = durationMs(3_600_000);

/** Delivers the notices that are due. A failure is kept with its notice and tried again later. */
export async function deliverNotices(options: DeliveryOptions): Promise<void> {
  const { metrics, clock } = options;
  const startedAt = clock.now();
  for (const notice of await metrics.due(startedAt, noticesPerRun)) {
    if (clock.now() - startedAt > budget) return;
    await metrics.settle(await deliver(options, notice));
  }
}

async function deliver({ channel, clock, log }: DeliveryOptions, notice: Notice): Promise<Notice> {
  const attempts = notice.attempts + 1;
  const { role, kind, alert } = notice;
  const details = { role, kind, rule: alert.rule, value: alert.value, limit: alert.limit };
  try {
    const delivery = await channel.send(notice);
    log.warn('Dead letter alert', { ...details, delivery });
    return { ...notice, attempts, delivery, problem: '' };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.error('A dead letter alert was not delivered', { ...details, attempts, problem });
    const pause = Math.min(greatestPause, firstPause * 2 ** (attempts - 1));
    const delivery = attempts < maxAttempts ? 'waiting' : 'failed';
    return { ...notice, attempts, delivery, problem, nextAt: epochMs(clock.now() + pause) };
  }
}
