const managementSuffix = '/$management';

/** The path in an address: clients of other languages send a URL or a leading slash. */
export function entityPathOf(address: string): string {
  return address.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '');
}

/** The entity whose management node an address names; `undefined` if it names none. */
export function managedPathOf(address: string): string | undefined {
  const path = entityPathOf(address);
  const isManagement = path.toLowerCase().endsWith(managementSuffix);
  return isManagement ? path.slice(0, -managementSuffix.length) : undefined;
}
