import { hasStatus } from '../../storage/blob-service.ts';
import type { HostStorage } from '../../storage/host-storage.ts';
import { parseStatusJson, toStatusJson, type ScheduleStatus } from './schedule-status.ts';

/** Keeps the status of a timer between runs and hosts. */
export class TimerState {
  readonly #storage: HostStorage;
  readonly #path: string;

  constructor(storage: HostStorage, hostId: string, functionName: string) {
    this.#storage = storage;
    this.#path = `timers/${hostId}/Host.Functions.${functionName}/status`;
  }

  /** Undefined if there is none yet. */
  async read(): Promise<ScheduleStatus | undefined> {
    const blob = await this.#storage.hostBlob(this.#path);
    try {
      const text = (await blob.downloadToBuffer()).toString('utf8');
      const content: unknown = JSON.parse(text);
      return parseStatusJson(content);
    } catch (error) {
      if (hasStatus(error, 404) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async write(status: ScheduleStatus): Promise<void> {
    const blob = await this.#storage.hostBlob(this.#path);
    const text = JSON.stringify(toStatusJson(status));
    await blob.upload(text, Buffer.byteLength(text));
  }
}
