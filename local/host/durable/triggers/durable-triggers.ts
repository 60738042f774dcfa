import { idleListener } from '../../triggers/deferred-listener.ts';
import type { TriggerKind } from '../../triggers/trigger-kind.ts';
import type { DurableKind } from '../durable-functions.ts';

/** Functions that the durable engine runs: it is started once for all of them. */
export const durableTriggerKinds: readonly TriggerKind[] = [
  durableTriggerKind('orchestrationTrigger', 'orchestrator'),
  durableTriggerKind('activityTrigger', 'activity'),
  durableTriggerKind('entityTrigger', 'entity'),
];

function durableTriggerKind(type: string, kind: DurableKind): TriggerKind {
  return {
    type,
    prepare(target, _options, { durable }) {
      durable.add(kind, target);
      return idleListener;
    },
  };
}
