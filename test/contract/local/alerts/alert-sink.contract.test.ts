import { beforeEach, describe, expect, it } from 'vitest';
import { startAlertSink } from '../../../../local/alerts/alert-sink.ts';
import { createWebhookChannel } from '../../../../shared/deadletter/webhook-channel.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { AlertRole, Notice } from '../../../../shared/ports/dead-letter-metrics.ts';

let lines: string[];
let settings: Readonly<Record<string, string>>;

beforeEach(async () => {
  lines = [];
  settings = await startAlertSink((line) => lines.push(line));
});

const at = epochMs(Date.UTC(2026, 10, 20, 8));

function notice(role: AlertRole, kind: Notice['kind'], name = ''): Notice {
  const scope = name === '' ? { kind: 'total', name } : { kind: 'type', name };
  return {
    ...{ id: '1', role, kind, at, attempts: 0, nextAt: at, delivery: 'waiting', problem: '' },
    alert: {
      ...{ rule: 'growth', scope, value: 20, limit: 10, level: 0 },
      ...{ status: 'raised', raisedAt: at, changedAt: at },
    },
  } as Notice;
}

describe('the sink of alerts of npm start', () => {
  it('takes the alerts of every role from the real channel, and says a line for each', async () => {
    const channel = createWebhookChannel({
      addresses: {
        'data-engineering': settings['alert_webhook_data_engineering'],
        'on-call': settings['alert_webhook_on_call'],
        'data-steward': settings['alert_webhook_data_steward'],
        investigation: settings['alert_webhook_investigation'],
      },
      timeoutMs: 5_000,
      fetch,
    });
    const roles = ['data-engineering', 'on-call', 'data-steward', 'investigation'] as const;
    for (const role of roles) {
      expect(await channel.send(notice(role, 'raised'))).toBe('delivered');
    }
    await channel.send(notice('on-call', 'resolved', 'a\u001b[2Jb'));
    expect(lines).toHaveLength(5);
    expect(lines[1]).toBe(
      'Alert: dead letters far beyond the normal rate (all dead letters; 20 times the normal rate (limit 10); for on-call)',
    );
    expect(lines[4]).toMatch(/^Resolved: /);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('says nothing of what is no alert', async () => {
    const url = settings['alert_webhook_on_call'] ?? '';
    for (const body of ['', 'null', '{}', '{"attachments":[{}]}', 'x']) {
      expect((await fetch(url, { method: 'POST', body })).status).toBe(400);
    }
    expect(lines).toEqual([]);
  });
});
