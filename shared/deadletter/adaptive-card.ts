import type { AlertRule, Notice } from '../ports/dead-letter-metrics.ts';

/**
 * The message of a webhook of Teams or Logic Apps: an Adaptive Card as an attachment.
 * Source: Adaptive Cards 1.4; Microsoft Teams, "Create incoming webhooks with Workflows".
 */
export function toWebhookMessage(notice: Notice): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: toCard(notice),
      },
    ],
  };
}

function toCard({ kind, role, alert, at }: Notice): object {
  const { rule, scope, value, limit, raisedAt } = alert;
  const { title, unit, advice } = texts[rule];
  const of = scope.kind === 'total' ? 'all dead letters' : `${scope.kind} ${scope.name}`;
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      {
        type: 'TextBlock',
        size: 'Large',
        weight: 'Bolder',
        color: kind === 'resolved' ? 'Good' : 'Attention',
        wrap: true,
        text: `${headings[kind]}: ${title}`,
      },
      {
        type: 'FactSet',
        facts: [
          { title: 'Value', value: `${value} ${unit} (limit ${limit})` },
          { title: 'Of', value: escapeMarkdown(of) },
          { title: 'For', value: role },
          { title: 'Raised', value: new Date(raisedAt).toISOString() },
          { title: 'Now', value: new Date(at).toISOString() },
        ],
      },
      ...(kind === 'resolved' ? [] : [{ type: 'TextBlock', wrap: true, text: advice }]),
    ],
  };
}

const headings = { raised: 'Alert', escalated: 'Worse', resolved: 'Resolved' } as const;

const texts: Readonly<Record<AlertRule, { title: string; unit: string; advice: string }>> = {
  any: {
    title: 'there are dead letters',
    unit: 'open',
    advice: 'See what failed: npm run dlq -- list, or GET /api/dead-letters/groups.',
  },
  volume: {
    title: 'many dead letters in one hour',
    unit: 'within an hour',
    advice: 'Look at the groups first: one cause usually makes most of them.',
  },
  age: {
    title: 'a dead letter waits for too long',
    unit: 'hours',
    advice: 'Replay or discard the oldest: after the retention its payload is gone.',
  },
  growth: {
    title: 'dead letters far beyond the normal rate',
    unit: 'times the normal rate',
    advice: 'A consumer may have failed, or something it depends on: check both.',
  },
};

/** What a producer chose must not become a link or a format. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .replaceAll(/[\\`*_[\]()<>#|~]/g, (character) => `\\${character}`);
}
