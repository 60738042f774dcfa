import { requireHostStorage } from '../../storage/host-storage.ts';
import { deferListener, idleListener } from '../deferred-listener.ts';
import type { Listener, TriggerKind } from '../trigger-kind.ts';
import { firesWithinMinute, parseSchedule } from './schedule.ts';

/** Timers, in UTC unless `WEBSITE_TIME_ZONE` names another zone (an IANA name). */
export const timerTriggerKind: TriggerKind = {
  type: 'timerTrigger',
  prepare(target, options, services): Listener {
    const { settings, clock, log, hostId } = services;
    const timeZone = settings.get('WEBSITE_TIME_ZONE') ?? 'UTC';
    const text = options.requiredText('schedule');
    const schedule = parseSchedule(text, timeZone);
    const storage = requireHostStorage(settings, options);
    const useMonitor = options.flag('useMonitor', true);
    const runOnStartup = options.flag('runOnStartup', false);
    if (!schedule.ok) options.add('schedule', schedule.problem, 'Write six fields, seconds first');
    if (!schedule.ok || storage === undefined) return idleListener;
    // The real host keeps no status of timers that fire more than once a minute.
    const isMonitored = useMonitor && !firesWithinMinute(schedule.value, clock.now());
    return deferListener(async () => {
      const { TimerListener } = await import('./timer-listener.ts');
      return new TimerListener({
        ...{ target, storage, hostId, clock, log, isMonitored, runOnStartup },
        schedule: schedule.value,
      });
    });
  },
};
