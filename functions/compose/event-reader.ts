import { createEventReader, defaultLimits, keyFunctionOf } from '../../shared/cloudevents/index.ts';
import type { Config } from '../../shared/config/config.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { EventReader } from '../../shared/ports/events.ts';
import { createPrivacy } from '../../shared/privacy/index.ts';
import { openCatalogue } from '../../shared/schema/index.ts';
import { loadCatalogueFiles, loadValidators } from '../../schemas/index.ts';

/**
 * The reader that judges every event.
 * Errors: `catalogue.invalid`, whose message lists every fault, and `config.invalid` (permanent).
 */
export function openEventReader({ events, keys }: Config): EventReader {
  const keyFunction = keyFunctionOf(events.idempotencyKey);
  if (!keyFunction.ok) {
    throw new AppError('config.invalid', `idempotency_key_field ${keyFunction.problem}`, {
      kind: 'permanent',
    });
  }
  return createEventReader({
    catalogue: openCatalogue({ files: loadCatalogueFiles(), ...loadValidators() }),
    privacy: createPrivacy({ id: keys.privacyId, secret: keys.privacy }),
    profile: events.profile,
    limits: { ...defaultLimits, maxEventBytes: events.maxSizeBytes },
    hashKey: keys.payloadHash,
    keyFunction: keyFunction.value,
  });
}
