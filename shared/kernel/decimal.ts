import type { Brand } from './brand.ts';
import type { JsonValue } from './json-value.ts';

/**
 * An exact decimal number in plain notation, spelled in one way only: `18.6`, never `18.60`, `+18.6`
 * or `1.86e1`. Equal numbers are equal texts. For money and quantities, which doubles do not add up.
 */
export type Decimal = Brand<string, 'Decimal'>;

export const zero = spell({ units: 0n, scale: 0 });

/** The number that a JSON number or a text in plain notation spells; undefined for anything else. */
export function toDecimal(value: JsonValue | undefined): Decimal | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const form = typeof value === 'number' ? numberForm : textForm;
  const match = form.exec(String(value));
  return match === null ? undefined : spell(partsOf(match));
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b] = [read(left), read(right)];
  const scale = Math.max(a.scale, b.scale);
  return spell({ units: unitsAt(a, scale) + unitsAt(b, scale), scale });
}

export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
  const { units, scale } = read(right);
  return addDecimals(left, spell({ units: -units, scale }));
}

export function isNegative(value: Decimal): boolean {
  return value.startsWith('-');
}

/** What JavaScript spells doubles like: the exponent of a double has three digits at most. */
const numberForm = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d{1,3}))?$/;
const textForm = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;

/** `units` times ten to the power of `-scale`. */
interface Parts {
  readonly units: bigint;
  readonly scale: number;
}

function partsOf(match: RegExpExecArray): Parts {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const units = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

function read(value: Decimal): Parts {
  const [whole = '', fraction = ''] = value.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function unitsAt(parts: Parts, scale: number): bigint {
  return parts.units * 10n ** BigInt(scale - parts.scale);
}

function spell({ units, scale }: Parts): Decimal {
  const sign = units < 0n ? '-' : '';
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}` as Decimal;
}
