/**
 * Application properties as the text of a JSON object. Total: a 64-bit number becomes its digits, and
 * a value that cannot be spelled, such as one that nests too deep, a text that says so.
 */
export function propertiesText(properties: ReadonlyMap<string, unknown>): string {
  const members = [...properties].map(([name, value]) => `${spellJson(name)}:${spellJson(value)}`);
  return `{${members.join(',')}}`;
}

const unspellable = '"(not spellable as JSON)"';

/** A value as JSON text. Total, as `propertiesText`. */
export function spellJson(value: unknown): string {
  try {
    // Undefined for a function or a symbol, whatever the type says.
    const text = JSON.stringify(value, plain) as string | undefined;
    return text ?? 'null';
  } catch {
    return unspellable;
  }
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
