import { hourMs, minuteMs, timeAt, type Day, type DayEvent } from './day-event.ts';

const machineCount = 24;
/** Each machine reports so often. */
const reportingMs = 10 * minuteMs;

interface Reading {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

/** What machines say: readings around the clock, and now and then that something is wrong. */
export function machinesOf(day: Day): readonly DayEvent[] {
  const ids = Array.from(
    { length: machineCount },
    (_, index) => `MC-${String(index + 1).padStart(2, '0')}`,
  );
  return ids.flatMap((id) => [...readingsOf(day, id), ...alarmsOf(day, id)]);
}

function readingsOf(day: Day, id: string): readonly DayEvent[] {
  const { chance } = day;
  const phaseMs = chance.whole(0, reportingMs - 1);
  const events: DayEvent[] = [];
  for (let atMs = phaseMs; atMs < 24 * hourMs; atMs += reportingMs) {
    if (chance.happens(0.003)) events.push(failedReading(id, atMs));
    else events.push(reading(day, id, atMs));
    const last = events.at(-1);
    if (last?.name === 'iot.telemetry.created' && chance.happens(0.012)) {
      events.push(thresholdEvent(day, id, atMs + 500));
    }
  }
  return events;
}

function reading(day: Day, id: string, atMs: number): DayEvent {
  return {
    name: 'iot.telemetry.created',
    source: '/iot/edge-gateway/telemetry',
    subject: id,
    via: 'hub',
    atMs,
    data: { device_id: id, recorded_at: timeAt(day, atMs), readings: measure(day, atMs) },
  };
}

/** Machines are warmer and louder during the two day shifts. */
function measure({ chance }: Day, atMs: number): readonly Reading[] {
  const isBusy = atMs > 6 * hourMs && atMs < 22 * hourMs;
  return [
    {
      metric: 'spindle_temperature',
      value: chance.amount(isBusy ? 48 : 24, isBusy ? 71 : 31),
      unit: 'Cel',
    },
    { metric: 'vibration', value: chance.amount(isBusy ? 1 : 0, isBusy ? 7 : 1), unit: 'mm/s' },
    { metric: 'power', value: chance.amount(isBusy ? 6 : 0, isBusy ? 22 : 2), unit: 'kW' },
  ];
}

function failedReading(id: string, atMs: number): DayEvent {
  return {
    name: 'iot.telemetry.failed',
    source: '/iot/edge-gateway/telemetry',
    subject: id,
    via: 'hub',
    atMs,
    data: { device_id: id, reason: 'sensor does not answer' },
  };
}

function thresholdEvent(day: Day, id: string, atMs: number): DayEvent {
  return {
    name: 'iot.sensor.threshold_exceeded',
    source: '/iot/edge-gateway/thresholds',
    subject: id,
    via: 'hub',
    atMs,
    data: {
      sensor_id: `${id}-T1`,
      metric: 'spindle_temperature',
      value: day.chance.amount(76, 94),
      threshold: 75,
      unit: 'Cel',
      measured_at: timeAt(day, atMs),
    },
  };
}

function alarmsOf(day: Day, id: string): readonly DayEvent[] {
  const { chance } = day;
  return Array.from({ length: chance.whole(0, 5) }, (): DayEvent => {
    const atMs = chance.whole(0, 24 * hourMs - 1);
    return {
      name: 'iot.machine.alarm_triggered',
      source: '/iot/edge-gateway/alarms',
      subject: id,
      via: 'hub',
      atMs,
      data: {
        machine_id: id,
        alarm_code: `A-${chance.whole(100, 140)}`,
        severity: chance.pick(['info', 'warning', 'warning', 'critical']),
        message: chance.pick(['coolant low', 'door open', 'tool worn', 'axis following error']),
        triggered_at: timeAt(day, atMs),
      },
    };
  });
}
