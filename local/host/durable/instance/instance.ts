import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { JsonText } from '../history/history-event.ts';

/** States of an orchestration, in the words of the client. */
export const runtimeStatuses = [
  ...(['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'] as const),
  ...(['ContinuedAsNew', 'Canceled'] as const),
] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

/** The task of another instance that waits for this one. */
export interface Parent {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
}

/** What is stored of an orchestration beside its history. */
export interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | undefined;
  /** New with every start and with every continue-as-new: messages for another one are late. */
  readonly executionId: string;
  readonly status: RuntimeStatus;
  readonly input: JsonText;
  /** The result, or the reason of a failure or termination. */
  readonly output: JsonText;
  readonly customStatus: JsonText;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly parent: Parent | undefined;
  /** Operations that were sent, that no task vouches for, and that have perhaps not arrived. */
  readonly outbox: readonly EntityOperation[];
}

/** An operation for an entity. */
export interface EntityOperation {
  /** `@name@key` of the entity. */
  readonly target: string;
  readonly requestId: string;
  readonly operation: string;
  readonly input: JsonText;
  readonly isSignal: boolean;
  /** Undefined for a client, whose operations are stored with the entity. */
  readonly sender: OperationSender | undefined;
}

/** Who has sent an operation, and as which of its messages: the later ones have higher numbers. */
export interface OperationSender {
  readonly instanceId: string;
  readonly executionId: string;
  readonly number: number;
}

/** The start of a sub-orchestration. */
export interface ChildStart {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly input: JsonText;
  readonly parent: Parent;
}

/** True once nothing more can happen to the instance, unless it is started again. */
export function isFinished({ status }: Pick<Instance, 'status'>): boolean {
  return finished.has(status);
}

const finished: ReadonlySet<RuntimeStatus> = new Set([
  ...(['Completed', 'Failed', 'Terminated', 'Canceled'] as const),
]);
