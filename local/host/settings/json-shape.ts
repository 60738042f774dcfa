/** True for an object that is no array: the only thing whose members may be read by name. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that the object itself has: `__proto__` and the like are never found. */
export function ownMember(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The member at a path of own names, or undefined. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(ownMember, value);
}
