/** The functions of the durable part. Runs in flight refer to them: a name is for ever. */
export const durableNames = {
  runSaga: 'run-saga',
  enterSaga: 'enter-saga',
  sendCommand: 'send-command',
  listSaga: 'list-saga',
  reportStuck: 'report-stuck',
  closeSaga: 'close-saga',
} as const;
