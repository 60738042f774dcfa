/**
 * Measures every budget: `npm run bench`, or `npm run bench -- NAME ...` for some of them. Values are
 * ratios within this run, counts or bytes, so that two machines agree. Ends with 1 when one is missed.
 */
import { coldImport } from './cold-import.ts';
import { cpuPerEvent } from './cpu-per-event.ts';
import { deadLetters } from './dead-letters.ts';
import { firstEvent } from './first-event.ts';
import { groupRetry } from './group-retry.ts';
import { logGrowth } from './log-growth.ts';
import { isWithinBudget, type Bench, type Measurement } from './measurement.ts';
import { packageSize } from './package-size.ts';
import { storageRequests } from './storage-requests.ts';
import { sagas } from './sagas.ts';
import { throughput } from './throughput.ts';

const benches: readonly Bench[] = [
  packageSize,
  coldImport,
  cpuPerEvent,
  storageRequests,
  firstEvent,
  throughput,
  sagas,
  deadLetters,
  groupRetry,
  logGrowth,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  const names = benches.map(({ name }) => name).join(', ');
  process.stderr.write(`Unknown: ${unknown.join(', ')}. Choose from ${names}.\n`);
  process.exit(2);
}

let missed = 0;
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  process.stdout.write(`${bench.name} ...\n`);
  for (const measurement of await bench.run()) {
    if (!isWithinBudget(measurement)) missed += 1;
    process.stdout.write(`  ${format(measurement)}\n`);
  }
}
process.exit(missed === 0 ? 0 : 1);

function format(measurement: Measurement): string {
  const { what, value, unit, budget, kind, detail } = measurement;
  const mark = isWithinBudget(measurement) ? 'ok    ' : 'MISSED';
  return `${mark} ${what}: ${value.toFixed(2)} ${unit} (at ${kind} ${budget}; ${detail})`;
}
