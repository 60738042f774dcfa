import type { Config } from '../../shared/config/config.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Caller } from '../http-actor.ts';
import type { Problem } from '../http-problem.ts';

/** What may be done about dead letters; who operates may read. */
type Right = 'read' | 'operate';

/** Something that a person has tried to do about dead letters. */
interface Attempt {
  readonly caller: Caller;
  /** For example `discard`, `export`. */
  readonly verb: string;
  /** Of the one dead letter, where it is one. */
  readonly id?: string;
  /** The filter, where it is not one. */
  readonly filter?: string;
  readonly why?: string;
}

/** Decides who may do what, and writes the audit into the log. */
export interface DeadLetterAccess {
  /** Why a caller must not; undefined when it may. */
  readonly refuse: (caller: Caller, right: Right) => Problem | undefined;
  /** Who has tried what, when, why, from where, and with which outcome: refused attempts as well. */
  readonly audit: (attempt: Attempt, outcome: string) => void;
}

export interface AccessOptions {
  readonly roles: Config['deadLetters']['roles'];
  readonly log: Log;
}

/**
 * App roles decide about a caller whom App Service authentication has signed in. Without it the
 * function key decides alone, before a request comes here.
 */
export function createDeadLetterAccess({ roles, log }: AccessOptions): DeadLetterAccess {
  const { reader, operator } = roles;
  const needed: Readonly<Record<Right, readonly string[]>> = {
    read: [reader, operator],
    operate: [operator],
  };
  return {
    refuse: (caller, right) => {
      const has = caller.roles;
      if (has === undefined || needed[right].some((role) => has.includes(role))) return undefined;
      return forbidden(needed[right]);
    },
    audit: ({ caller, ...attempt }, outcome) => {
      const { name: by = 'unknown', from } = caller;
      log.info('Audit: dead letters', { ...attempt, by, from, outcome });
    },
  };
}

function forbidden(roles: readonly string[]): Problem {
  return {
    status: 403,
    code: 'role-missing',
    title: 'This needs a role that you do not have',
    detail: `None of your roles is ${roles.join(' or ')}.`,
    remedy: `Have an administrator assign you the app role ${roles.at(-1) ?? ''} of this application.`,
  };
}
