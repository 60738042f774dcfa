/**
 * What the client of Durable Functions reads from the environment: without a host name it sends its
 * calls to port 7071, and a proxy for the world outside would be asked for this machine.
 */
export function setClientEnvironment(environment: NodeJS.ProcessEnv, origin: string): void {
  const { host, hostname } = new URL(origin);
  environment['WEBSITE_HOSTNAME'] = host;
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const known = environment[name];
    environment[name] = known === undefined || known === '' ? hostname : `${known},${hostname}`;
  }
}
