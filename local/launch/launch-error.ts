/** Why the runtime cannot start or go on, in words for the person in front of it. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
