/** What the HTTP API answers to a replay. */
interface ReplayAnswer {
  readonly dryRun: boolean;
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly outcomes: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly code?: string;
    readonly target?: string;
    readonly replayId?: string;
    readonly violations?: readonly { readonly code: string; readonly pointer?: string }[];
  }[];
  readonly continuation: string | null;
  readonly remaining?: number;
}

export interface ListedByHttp {
  readonly id: string;
  readonly state: string;
  readonly eventId: string | null;
  readonly code: string;
  readonly failureGroup: string;
  readonly key: string | null;
}

/** The routes around dead letters, as a person with a function key uses them. */
export interface DeadLetterClient {
  list(query?: Readonly<Record<string, string>>): Promise<readonly ListedByHttp[]>;
  show(id: string): Promise<Readonly<Record<string, unknown>>>;
  replay(id: string, request?: object): Promise<ReplayAnswer>;
  slice(request: object): Promise<ReplayAnswer>;
  discard(id: string): Promise<number>;
  /** A request as it is, with the status of its answer. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

const operator = { 'x-ms-client-principal-name': 'ada' };
const reason = 'a test';

/** `address` is asked for each request, as a host that starts again has another one. */
export function openDeadLetterClient(address: () => string): DeadLetterClient {
  const call = async (path: string, init: RequestInit): Promise<Answered> => {
    const response = await fetch(`${address()}/api/${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  const post: DeadLetterClient['post'] = (path, body, headers = operator) =>
    call(path, { method: 'POST', headers: { ...headers }, body: JSON.stringify(body) });
  const succeed = ({ status, body }: Answered): unknown => {
    if (status === 200) return body;
    throw new Error(`${status}: ${JSON.stringify(body)}`);
  };
  return {
    post,
    list: async (query = {}) => {
      const texts = new URLSearchParams({ pageSize: '200', ...query });
      const page = succeed(await call(`dead-letters?${texts.toString()}`, {}));
      return (page as { readonly deadLetters: readonly ListedByHttp[] }).deadLetters;
    },
    show: async (id) =>
      succeed(await call(`dead-letters/${id}`, {})) as Readonly<Record<string, unknown>>,
    replay: async (id, request = {}) =>
      succeed(await post(`dead-letters/${id}/replay`, { reason, ...request })) as ReplayAnswer,
    slice: async (request) =>
      succeed(await post('dead-letters/replay', { reason, ...request })) as ReplayAnswer,
    discard: async (id) => (await post(`dead-letters/${id}/discard`, { reason })).status,
  };
}
