const pattern = /^@([^@]+)@(.+)$/s;

/** `@name@key`, the name in lower case: the id of the instance that holds an entity. */
export function toEntityInstanceId(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`;
}

/** The name of the entity behind an instance id; empty if it is none. */
export function entityNameOf(instanceId: string): string {
  return pattern.exec(instanceId)?.[1] ?? '';
}

export function entityKeyOf(instanceId: string): string {
  return pattern.exec(instanceId)?.[2] ?? '';
}
