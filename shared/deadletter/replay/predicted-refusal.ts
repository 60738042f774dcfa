import type { Prediction } from '../../ports/replays.ts';
import type { Refusal } from './replay-outcome.ts';

/** Why what would be refused for good is not sent: it would only die once more. */
export function predictedRefusal(prediction: Prediction): Refusal | undefined {
  if (prediction.kind !== 'would-fail') return undefined;
  const { violations } = prediction;
  const [first] = violations;
  const isMismatch = first.code === 'idempotency.payload_mismatch';
  return {
    code: isMismatch ? 'replay.payload_mismatch' : 'replay.invalid',
    detail: isMismatch
      ? 'The consumer has handled another payload under this source and id. Discard the letter, or have the producer send a new event.'
      : `The consumer would refuse it: ${violations.map(({ code }) => code).join(', ')}.`.slice(
          0,
          1_000,
        ),
    violations,
  };
}
