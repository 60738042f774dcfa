import type { HistoryEvent, JsonText } from '../history/history-event.ts';
import { isFinished, type Instance } from '../instance/instance.ts';
import type { RpcReply } from './rpc-exchange.ts';

/** What the client is told of an instance. */
export interface StatusReport {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly historyEvents?: readonly HistoryEvent[];
}

export function toStatusReport(instance: Instance, showInput: boolean): StatusReport {
  const { name, instanceId, status, input, customStatus, output } = instance;
  return {
    name,
    instanceId,
    runtimeStatus: status,
    input: showInput ? toValue(input) : null,
    customStatus: toValue(customStatus),
    output: toValue(output),
    createdTime: new Date(instance.createdAt).toISOString(),
    lastUpdatedTime: new Date(instance.updatedAt).toISOString(),
  };
}

/** 202 as long as there is something to wait for. */
export function statusReply(instance: Instance, report: StatusReport): RpcReply {
  return { status: isFinished(instance) ? 200 : 202, body: report };
}

function toValue(text: JsonText): unknown {
  return text === null ? null : JSON.parse(text);
}
