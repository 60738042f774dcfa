import { deadLetterMetricsContract } from '../../../support/contracts/dead-letter-metrics.ts';
import { createMemoryMetrics } from '../../../support/dead-letters/memory-metrics.ts';

deadLetterMetricsContract('memory', () => Promise.resolve(createMemoryMetrics()));
