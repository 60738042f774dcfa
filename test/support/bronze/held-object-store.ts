import type { ObjectStore } from '../../../shared/bronze/object-store.ts';

/** A request that waits until the test lets it go on. */
interface HeldRequest {
  /** Resolves when the request has been sent. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

export interface HeldObjectStore extends ObjectStore {
  /** Holds the next request whose `kind name` matches, before it takes effect. */
  holdNext(request: RegExp): HeldRequest;
  /** Lets the next matching request take effect, and then answers as `answer` says. */
  answerNext(request: RegExp, answer: (real: unknown) => unknown): void;
}

interface Rule {
  readonly request: RegExp;
  readonly apply: (effect: () => Promise<unknown>) => Promise<unknown>;
}

/** A store whose single requests a test can hold, or answer in its own way. */
export function createHeldObjectStore(store: ObjectStore): HeldObjectStore {
  const rules: Rule[] = [];
  const send = <Answer>(request: string, effect: () => Promise<Answer>): Promise<Answer> => {
    const index = rules.findIndex((rule) => rule.request.test(request));
    const [rule] = index === -1 ? [] : rules.splice(index, 1);
    return rule === undefined ? effect() : (rule.apply(effect) as Promise<Answer>);
  };
  return {
    holdNext: (request) => {
      const reached = Promise.withResolvers<undefined>();
      const released = Promise.withResolvers<undefined>();
      rules.push({
        request,
        apply: async (effect) => {
          reached.resolve(undefined);
          await released.promise;
          return effect();
        },
      });
      return {
        reached: reached.promise,
        release: () => {
          released.resolve(undefined);
        },
      };
    },
    answerNext: (request, answer) => {
      rules.push({ request, apply: async (effect) => answer(await effect()) });
    },
    putIfAbsent: (name, bytes) => send(`create ${name}`, () => store.putIfAbsent(name, bytes)),
    put: (name, bytes) => send(`put ${name}`, () => store.put(name, bytes)),
    get: (name) => send(`get ${name}`, () => store.get(name)),
    list: (prefix) => send(`list ${prefix}`, () => store.list(prefix)),
    listFolders: (prefix) => send(`list ${prefix}`, () => store.listFolders(prefix)),
    delete: (name) => send(`delete ${name}`, () => store.delete(name)),
  };
}
