import { previewDemand, type StartPreview } from '../../sagas/runner/preview-demand.ts';
import type { SagaDemand } from '../../sagas/runner/read-demands.ts';
import type { Violation } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import type { Prediction, ReplayContent } from '../../shared/ports/replays.ts';
import { epochMs } from '../../shared/kernel/time.ts';

export const wouldPass: Prediction = { kind: 'would-pass' };
export const wouldBeDuplicate: Prediction = { kind: 'would-be-duplicate' };

export function wouldFail(first: Violation, ...others: readonly Violation[]): Prediction {
  return { kind: 'would-fail', violations: [first, ...others] };
}

/** A replay as the readers of messages take it. */
export function toReadable({ contentType, properties, body }: ReplayContent): HubMessage {
  const position = { sequenceNumber: 0, offset: '', enqueuedAt: epochMs(0) };
  return { ...position, contentType, properties, body };
}

/** What sagas would make of the demands of one message. */
export async function predictDemands(
  preview: StartPreview,
  demands: readonly SagaDemand[],
): Promise<Prediction> {
  const violations: Violation[] = [];
  let duplicates = 0;
  for (const demand of demands) {
    const outcome = await previewDemand(preview, demand);
    if (outcome.kind === 'duplicate') duplicates += 1;
    if (outcome.kind !== 'unstartable') continue;
    const { code, detail } = outcome;
    violations.push({ code, detail: `${demand.definition.name}: ${detail}` });
  }
  const [first, ...others] = violations;
  if (first !== undefined) return wouldFail(first, ...others);
  return demands.length > 0 && duplicates === demands.length ? wouldBeDuplicate : wouldPass;
}
