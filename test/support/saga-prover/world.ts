import type { Command, ParticipantName, Reply } from '../../../domain/messages.ts';
import type { Participant, ParticipantRecord, StepResult } from '../../../domain/participant.ts';
import type { JsonObject } from '../../../shared/kernel/json-value.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { SagaDefinition } from '../../../sagas/definition.ts';
import type { SagaState } from '../../../sagas/runner/machine-state.ts';
import type { Scenario } from './scenario.ts';
import type { Subject } from './subject.ts';

/** What became of a step in the world outside the saga. */
export interface Trace {
  readonly did: number;
  readonly undid: number;
  /** The participant has accepted the compensation, whether there was something to undo or not. */
  readonly compensated: boolean;
}

/** Everything there is at one instant. */
export interface World {
  readonly now: number;
  readonly saga: SagaState;
  readonly run: 'first' | 'return';
  /** On their way. Order says nothing, any of them may come next. */
  readonly commands: readonly Command[];
  readonly replies: readonly Reply[];
  readonly records: Readonly<Record<string, ParticipantRecord<unknown>>>;
  /** By command id: what a participant does with a command from now on. */
  readonly moods: Readonly<Record<string, 'refuse-always' | 'mute' | 'deaf'>>;
  readonly traces: Readonly<Record<string, Trace>>;
  /** By command id: how often the machine has sent it in this run. */
  readonly sent: Readonly<Record<string, number>>;
  /** What the saga must know by now. */
  readonly facts: JsonObject;
  /** Steps that are known not to have happened. */
  readonly refused: readonly string[];
  /** Ids of the refusals to undo that the saga has heard. */
  readonly refusals: readonly string[];
  readonly wasCancelled: boolean;
  /** Index of the step that was last undone; compensation only goes towards the first. */
  readonly undoneDownTo: number;
  readonly faults: number;
  readonly cancels: number;
  /** What the last activity sent: a crash repeats it. */
  readonly last: readonly Command[];
  /** The first promise that was broken. */
  readonly problem: string | undefined;
}

export interface Effect {
  readonly kind: 'do' | 'undo';
  readonly step: string;
}

/** What does not change while a scenario is explored. */
export interface Setting {
  readonly subject: Subject;
  readonly scenario: Scenario;
  readonly definition: SagaDefinition;
  /** By name; effects that they have are appended to `effects`. */
  readonly participants: ReadonlyMap<string, Participant<unknown>>;
  /** By name of the command that it refuses. */
  readonly refusing: ReadonlyMap<string, Participant<unknown>>;
  readonly effects: Effect[];
  /** By step: the steps that must not stand when it is undone. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

const startedAt = Date.UTC(2026, 0, 5, 8);
const sagaId = 'S-1';
export const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export function settingOf(subject: Subject, scenario: Scenario): Setting {
  const { definition } = scenario;
  const effects: Effect[] = [];
  const names = [...new Set(definition.steps.map(({ participant }) => participant))];
  const participants = names.map((name) => {
    const plain =
      scenario.participants === 'real'
        ? (subject.participantNamed(name) as unknown as Participant<unknown>)
        : standIn(name, definition);
    return observed(plain, { definition, effects });
  });
  const commands = definition.steps.flatMap(({ name, participant, compensation }) => [
    { name, participant },
    ...(compensation === undefined ? [] : [{ name: compensation.name, participant }]),
  ]);
  const refusing = commands.map(({ name, participant }) => {
    const owner = participants.find((candidate) => candidate.name === participant);
    if (owner === undefined) throw new Error(`No participant ${participant}`);
    return [name, thatRefuses(owner, name)] as const;
  });
  return {
    subject,
    scenario,
    definition,
    participants: new Map(participants.map((participant) => [participant.name, participant])),
    refusing: new Map(refusing),
    effects,
    dependencies: new Map(definition.steps.map(({ name }) => [name, reach(definition, name)])),
  };
}

export function startOf({ scenario }: Setting) {
  return {
    sagaId,
    instanceId: 'instance-1',
    facts: scenario.facts,
    startedAt: epochMs(startedAt),
    deadline: epochMs(startedAt + scenario.deadline),
    traceparent,
    stepPatience: scenario.stepPatience,
    compensationPatience: scenario.compensationPatience,
  };
}

/** The world before the saga begins, as far as there is one without a saga. */
export function emptyWorld(setting: Setting): Omit<World, 'saga'> {
  const { definition, participants, scenario, subject } = setting;
  const records = [...participants.values()].map(
    (participant) => [participant.name, subject.newRecord(participant)] as const,
  );
  const untouched = { did: 0, undid: 0, compensated: false };
  return {
    now: startedAt,
    run: 'first',
    commands: [],
    replies: [],
    records: Object.fromEntries(records),
    moods: {},
    traces: Object.fromEntries(definition.steps.map(({ name }) => [name, untouched])),
    sent: {},
    facts: scenario.facts,
    refused: [],
    refusals: [],
    wasCancelled: false,
    undoneDownTo: definition.steps.length,
    faults: scenario.faults,
    cancels: 0,
    last: [],
    problem: undefined,
  };
}

/** Steps that are done and not undone. */
export function standing(world: World): ReadonlySet<string> {
  const names = Object.entries(world.traces).filter(([, { did, undid }]) => did > undid);
  return new Set(names.map(([name]) => name));
}

/** A participant that accepts everything and remembers nothing of its own. */
function standIn(name: ParticipantName, definition: SagaDefinition): Participant<unknown> {
  const steps = definition.steps.filter(({ participant }) => participant === name);
  const done = (by: string) => (own: unknown) => ({ kind: 'done', own, data: { by } }) as const;
  return {
    name,
    initial: null,
    steps: new Map(steps.map((step) => [step.name, done(step.name)])),
    undos: new Map(
      steps.flatMap(({ name: step, compensation }) =>
        compensation === undefined
          ? []
          : [[compensation.name, { step, undo: done(step) }] as const],
      ),
    ),
  };
}

/** The participant, telling what it really does. Commands of other sagas are left out. */
function observed(
  { name, initial, steps, undos }: Participant<unknown>,
  { definition, effects }: { readonly definition: SagaDefinition; readonly effects: Effect[] },
): Participant<unknown> {
  const isOurs = (step: string) => definition.steps.some((candidate) => candidate.name === step);
  const note = (result: StepResult<unknown>, effect: Effect): StepResult<unknown> => {
    if (result.kind === 'done') effects.push(effect);
    return result;
  };
  return {
    name,
    initial,
    steps: new Map(
      [...steps]
        .filter(([step]) => isOurs(step))
        .map(([step, run]) => [step, (own, data) => note(run(own, data), { kind: 'do', step })]),
    ),
    undos: new Map(
      [...undos]
        .filter(([, { step }]) => isOurs(step))
        .map(([command, { step, undo }]) => [
          command,
          { step, undo: (own, data) => note(undo(own, data), { kind: 'undo', step }) },
        ]),
    ),
  };
}

function thatRefuses(
  { name, initial, steps, undos }: Participant<unknown>,
  command: string,
): Participant<unknown> {
  const refuse = () =>
    ({ kind: 'refused', code: 'not.now', detail: 'It would rather not' }) as const;
  return {
    name,
    initial,
    steps: new Map([...steps].map(([step, run]) => [step, step === command ? refuse : run])),
    undos: new Map(
      [...undos].map(([undo, known]) => [
        undo,
        undo === command ? { ...known, undo: refuse } : known,
      ]),
    ),
  };
}

function reach(definition: SagaDefinition, name: string): readonly string[] {
  const found = new Set<string>();
  const visit = (step: string) => {
    const next = definition.steps.find((candidate) => candidate.name === step)?.compensation;
    for (const dependency of next?.dependsOn ?? []) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(name);
  return [...found];
}
