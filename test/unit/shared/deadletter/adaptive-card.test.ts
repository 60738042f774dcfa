import { describe, expect, it } from 'vitest';
import { toWebhookMessage } from '../../../../shared/deadletter/adaptive-card.ts';
import { roleOf } from '../../../../shared/deadletter/alerts.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type {
  AlertRule,
  MetricScope,
  Notice,
} from '../../../../shared/ports/dead-letter-metrics.ts';

const at = epochMs(Date.UTC(2026, 10, 20, 8));
const total: MetricScope = { kind: 'total', name: '' };

function notice(rule: AlertRule, kind: Notice['kind'] = 'raised', scope = total): Notice {
  return {
    ...{ id: '1', role: roleOf[rule], kind, at: epochMs(at + 60_000), attempts: 0, nextAt: at },
    ...{ delivery: 'waiting', problem: '' },
    alert: {
      ...{ rule, scope, value: 120, limit: 100, level: 0 },
      ...{ status: 'raised', raisedAt: at, changedAt: at },
    },
  };
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly color?: string;
  readonly facts?: readonly { readonly title: string; readonly value: string }[];
}

interface Message {
  readonly type: string;
  readonly attachments: readonly {
    readonly contentType: string;
    readonly content: {
      readonly type: string;
      readonly version: string;
      readonly body: readonly Part[];
    };
  }[];
}

function cardOf(sent: Notice) {
  const message = toWebhookMessage(sent) as Message;
  const [attachment] = message.attachments;
  const body = attachment?.content.body ?? [];
  const facts = body.flatMap((part) => part.facts ?? []);
  const valueOf = (title: string) => facts.find((fact) => fact.title === title)?.value;
  return { message, attachment, body, valueOf };
}

describe('the Adaptive Card of an alert', () => {
  it('is a message with one card, as Teams and Logic Apps take it', () => {
    const { message, attachment } = cardOf(notice('volume'));
    expect(message.type).toBe('message');
    expect(message.attachments).toHaveLength(1);
    expect(attachment?.contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(attachment?.content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
  });

  it('says what, how much, since when and for whom', () => {
    const { body, valueOf } = cardOf(notice('volume'));
    expect(body[0]).toMatchObject({ text: 'Alert: many dead letters in one hour' });
    expect(valueOf('Value')).toBe('120 within an hour (limit 100)');
    expect(valueOf('Of')).toBe('all dead letters');
    expect(valueOf('For')).toBe('on-call');
    expect(valueOf('Raised')).toBe('2026-11-20T08:00:00.000Z');
    expect(valueOf('Now')).toBe('2026-11-20T08:01:00.000Z');
  });

  it.each([
    ['any', 'there are dead letters'],
    ['volume', 'many dead letters in one hour'],
    ['age', 'a dead letter waits for too long'],
    ['growth', 'dead letters far beyond the normal rate'],
  ] as const)('has a text and advice of its own for each rule: %s', (rule, title) => {
    const { body } = cardOf(notice(rule));
    expect(body[0]?.text).toBe(`Alert: ${title}`);
    expect(body.at(-1)?.text).not.toBe('');
    expect(body).toHaveLength(3);
  });

  it('tells worse and resolved from raised; what is resolved needs no advice', () => {
    const worse = cardOf(notice('age', 'escalated')).body;
    expect(worse[0]).toMatchObject({ text: expect.stringMatching(/^Worse: /) as string });
    const resolved = cardOf(notice('age', 'resolved')).body;
    expect(resolved[0]).toMatchObject({
      text: expect.stringMatching(/^Resolved: /) as string,
      color: 'Good',
    });
    expect(resolved).toHaveLength(2);
  });

  it('makes no link, format or line of what a producer chose', () => {
    const hostile = { kind: 'type', name: '[x](http://evil)\n**b** <i>`c`' } as const;
    const { valueOf } = cardOf(notice('growth', 'raised', hostile));
    expect(valueOf('Of')).toBe('type \\[x\\]\\(http://evil\\) \\*\\*b\\*\\* \\<i\\>\\`c\\`');
  });
});
