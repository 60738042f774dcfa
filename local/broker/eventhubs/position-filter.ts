import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';
import type { StartPosition } from './partition-log.ts';

/** The key of the filter in which a reader says where to start. */
export const positionFilterName = 'apache.org:selector-filter:string';

const expression =
  /^amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*'(@latest|-?\d{1,16})'$/;

/** Reads a selector such as `amqp.annotation.x-opt-offset > '-1'`. Problem: why it is refused. */
export function parsePosition(selector: string): Result<StartPosition, string> {
  const [, by, comparison, value] = expression.exec(selector.trim()) ?? [];
  if (by === undefined || value === undefined) {
    return fail('The supplied filter is no position by offset, sequence number or enqueued time.');
  }
  const isInclusive = comparison === '>=';
  if (value === '@latest') {
    return by === 'offset'
      ? succeed({ by: 'end', isInclusive })
      : fail(`'@latest' is an offset and no ${by}.`);
  }
  if (by === 'offset' && value === '-1') return succeed({ by: 'start' });
  return succeed({ by: toKind(by), value: Number(value), isInclusive });
}

function toKind(by: string): 'offset' | 'sequence-number' | 'enqueued-time' {
  if (by === 'offset' || by === 'sequence-number') return by;
  return 'enqueued-time';
}
