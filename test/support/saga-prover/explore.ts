import { checkRest } from './check-world.ts';
import { worldKey } from './key.ts';
import { make, movesIn } from './moves.ts';
import type { Scenario } from './scenario.ts';
import type { Subject } from './subject.ts';
import { begin } from './tell.ts';
import { printTimeline } from './timeline.ts';
import { settingOf, type Setting, type World } from './world.ts';

export interface Exploration {
  readonly scenario: string;
  readonly states: number;
  readonly transitions: number;
  /** Moves of the longest shortest way to a state. */
  readonly depth: number;
  /** By final state: the worlds in which the saga has ended there. Messages may still be on their way. */
  readonly ends: Readonly<Record<string, number>>;
  /** The shortest way to a broken promise, as a timeline. */
  readonly counterexample: string | undefined;
}

/** No scenario of ours comes near it: a saga that goes on for so long does not end. */
const maxDepth = 120;

/** Explores every world that a scenario can lead to, the nearest first. */
export function explore(subject: Subject, scenario: Scenario): Exploration {
  const setting = settingOf(subject, scenario);
  const search = new Search(setting);
  const counterexample = search.run();
  const { depth, transitions, ends } = search;
  return { scenario: scenario.name, states: search.size, transitions, depth, ends, counterexample };
}

interface Found {
  readonly world: World;
  readonly node: number;
}

class Search {
  depth = 0;
  transitions = 0;
  readonly ends: Record<string, number> = {};
  readonly #setting: Setting;
  readonly #seen = new Set<string>();
  /** For each state the state before it, and which of its moves led here. */
  readonly #parents: number[] = [-1];
  readonly #moves: number[] = [-1];

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  get size(): number {
    return this.#seen.size;
  }

  run(): string | undefined {
    const first = begin(this.#setting);
    this.#seen.add(worldKey(first));
    let frontier: Found[] = [{ world: first, node: 0 }];
    if (first.problem !== undefined) return this.#tellOf(0, []);
    for (; frontier.length > 0; this.depth += 1) {
      const next: Found[] = [];
      for (const found of frontier) {
        const counterexample = this.#expand(found, next);
        if (counterexample !== undefined) return counterexample;
      }
      frontier = next;
      const [endless] = frontier;
      if (this.depth > maxDepth && endless !== undefined)
        return this.#tellOf(endless.node, [], 'the saga does not end');
    }
    return undefined;
  }

  #expand({ world, node }: Found, next: Found[]): string | undefined {
    const moves = movesIn(this.#setting, world);
    if (moves.length === 0) {
      const problem = checkRest(world);
      if (problem !== undefined) return this.#tellOf(node, [], problem);
    }
    if (world.saga.wakeAt === undefined) {
      this.ends[world.saga.phase] = (this.ends[world.saga.phase] ?? 0) + 1;
    }
    for (const [index, move] of moves.entries()) {
      this.transitions += 1;
      const after = make(this.#setting, world, move);
      if (after.problem !== undefined) return this.#tellOf(node, [index], after.problem);
      const key = worldKey(after);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#parents.push(node);
      this.#moves.push(index);
      next.push({ world: after, node: this.#parents.length - 1 });
    }
    return undefined;
  }

  #tellOf(node: number, last: readonly number[], problem?: string): string {
    const way = [...last];
    for (let at = node; at > 0; at = this.#parents[at] ?? 0) way.unshift(this.#moves[at] ?? 0);
    return printTimeline(this.#setting, way, problem);
  }
}
