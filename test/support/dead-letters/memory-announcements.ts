import { AppError } from '../../../shared/kernel/app-error.ts';
import type { ResolutionChange, ResolutionSender } from '../../../shared/ports/resolutions.ts';

/** Keeps what is announced; while `isDown` it takes nothing. */
export interface MemoryAnnouncements extends ResolutionSender {
  readonly changes: readonly ResolutionChange[];
  isDown: boolean;
}

export function createMemoryAnnouncements(): MemoryAnnouncements {
  const changes: ResolutionChange[] = [];
  const memory: MemoryAnnouncements = {
    changes,
    isDown: false,
    announce: (announced) => {
      if (memory.isDown) {
        const down = new AppError('broker.unavailable', 'down', { kind: 'transient' });
        return Promise.reject(down);
      }
      changes.push(...announced);
      return Promise.resolve();
    },
  };
  return memory;
}
