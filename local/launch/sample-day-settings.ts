/**
 * Settings under which the sample day is worth watching: participants that fail, are slow and stay
 * silent about as often as real ones do, and time limits that let it end within a minute.
 */
export const sampleDaySettings: Readonly<Record<string, string>> = {
  saga_step_timeout_seconds: '4',
  saga_step_attempts: '3',
  saga_compensation_attempts: '3',
  participant_simulation: '',
};
