import type { JsonObject } from '../shared/kernel/json-value.ts';
import type { StepResult } from './participant.ts';

type Refused = Extract<StepResult<never>, { readonly kind: 'refused' }>;

export function done<Own>(own: Own, data: JsonObject): StepResult<Own> {
  return { kind: 'done', own, data };
}

/** The command cannot be read. Code: `command.invalid`. */
export function invalid(detail: string): Refused {
  return refused('command.invalid', detail);
}

/** What the compensation names does not stand here. Code: `compensation.unknown`. */
export function nothingToUndo(what: string): Refused {
  return refused('compensation.unknown', `There is no ${what} to undo.`);
}

export function refused(code: string, detail: string): Refused {
  return { kind: 'refused', code, detail };
}
