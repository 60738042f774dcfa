import { loadCatalogueFiles, loadValidators } from '../../schemas/index.ts';
import { createEventReader, defaultLimits, keyFunctionOf } from '../../shared/cloudevents/index.ts';
import { createPrivacy } from '../../shared/privacy/index.ts';
import type { EventReader } from '../../shared/ports/events.ts';
import { openCatalogue } from '../../shared/schema/index.ts';

/** The application's reader of events with its own catalogue and the strict profile. */
export function createStrictReader(): EventReader {
  const keyFunction = keyFunctionOf('id');
  if (!keyFunction.ok) throw new Error(keyFunction.problem);
  return createEventReader({
    catalogue: openCatalogue({ files: loadCatalogueFiles(), ...loadValidators() }),
    privacy: createPrivacy({ id: 'test', secret: new Uint8Array(32) }),
    profile: 'strict',
    limits: defaultLimits,
    hashKey: new Uint8Array(32),
    keyFunction: keyFunction.value,
  });
}
