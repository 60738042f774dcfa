import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { ListedSaga } from '../shared/ports/saga-listing.ts';
import { AppError } from '../shared/kernel/app-error.ts';
import type { Result } from '../shared/kernel/result.ts';
import type { Services } from './compose.ts';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { problemResponse, type Problem } from './http-problem.ts';
import type { Registration } from './registration.ts';

/** Places orders over HTTP, and shows and cancels sagas. */
export function registerSagaApi(registration: Registration): void {
  registerPlaceOrder(registration);
  registerShowSaga(registration);
  registerListSagas(registration);
  registerCancelSaga(registration);
  registerOpenApi(registration);
}

function registerPlaceOrder(registration: Registration): void {
  registration.app.http('place-order', {
    route: 'orders',
    methods: ['POST'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ sagaApi }) => {
        const { placeOrder } = await sagaApi();
        const placed = await placeOrder({
          body: await request.text(),
          idempotencyKey: header(request, 'idempotency-key'),
          traceparent: traceparentOf(request),
        });
        return respond(placed, (order) => {
          const location = `/api/sagas/${order.sagaId}`;
          const statusUrl = new URL(location, request.url).href;
          return { status: 202, headers: { location }, jsonBody: { ...order, statusUrl } };
        });
      }),
  });
}

function registerShowSaga(registration: Registration): void {
  registration.app.http('show-saga', {
    route: 'sagas/{id}',
    methods: ['GET'],
    authLevel: 'function',
    extraInputs: durableClientInputs,
    handler: (request, context) =>
      answer(registration, context, async ({ sagaApi }) => {
        const { show } = await sagaApi();
        const report = await show(await instancesOf(context), parameter(request, 'id'));
        return respond(report, (saga) => ({ jsonBody: saga }));
      }),
  });
}

function registerListSagas(registration: Registration): void {
  registration.app.http('list-sagas', {
    route: 'sagas',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ sagaApi }) => {
        const { list } = await sagaApi();
        const page = await list({
          state: request.query.get('state') ?? undefined,
          pageSize: request.query.get('pageSize') ?? undefined,
          continuation: request.query.get('continuation') ?? undefined,
        });
        return respond(page, ({ sagas, next = null }) => ({
          jsonBody: { sagas: sagas.map(toShownSaga), continuation: next },
        }));
      }),
  });
}

function registerCancelSaga(registration: Registration): void {
  registration.app.http('cancel-saga', {
    route: 'sagas/{id}/cancel',
    methods: ['POST'],
    authLevel: 'function',
    extraInputs: durableClientInputs,
    handler: (request, context) =>
      answer(registration, context, async ({ sagaApi }) => {
        const { cancel } = await sagaApi();
        const cancelled = await cancel(await instancesOf(context), {
          id: parameter(request, 'id'),
          body: await request.text(),
          idempotencyKey: header(request, 'idempotency-key'),
        });
        return respond(cancelled, (answer) => ({ status: 202, jsonBody: answer }));
      }),
  });
}

function registerOpenApi({ app }: Registration): void {
  app.http('openapi', {
    route: 'openapi.json',
    methods: ['GET'],
    authLevel: 'function',
    handler: async () => {
      const { openApi } = await import('./openapi.ts');
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(openApi) };
    },
  });
}

/** Runs a request; what goes wrong is a problem to the caller as well as to the log. */
async function answer(
  { run }: Registration,
  context: InvocationContext,
  work: (services: Services) => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  try {
    return await run(context, work);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'bug';
    context.error('A request failed', { code, reason: String(error) });
    const isTransient = error instanceof AppError && error.kind === 'transient';
    return problemResponse(isTransient ? unavailable : broken);
  }
}

const unavailable: Problem = {
  status: 503,
  code: 'dependency-unavailable',
  title: 'Something that is needed does not answer',
  detail: 'Storage, a broker or the durable engine is down or slow.',
  remedy: 'Repeat the request after a few seconds, with the same Idempotency-Key.',
};

const broken: Problem = {
  status: 500,
  code: 'unexpected',
  title: 'The request failed',
  detail: 'The application met what it did not expect; its log has the cause.',
  remedy: 'Repeat the request once; then report the time of the request to the operator.',
};

function respond<Answer>(
  result: Result<Answer, Problem>,
  toResponse: (answer: Answer) => HttpResponseInit,
): HttpResponseInit {
  return result.ok ? toResponse(result.value) : problemResponse(result.problem);
}

function toShownSaga({ phase, startedAt, changedAt, reason, ...saga }: ListedSaga) {
  return {
    ...saga,
    state: phase,
    startedAt: new Date(startedAt).toISOString(),
    changedAt: new Date(changedAt).toISOString(),
    reason: reason === '' ? null : reason,
  };
}

/** Longer keys are cut: what tells two of them apart stands before that. */
const maxKeyLength = 200;

function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers.get(name);
  return value === null || value === '' ? undefined : value.slice(0, maxKeyLength);
}

function traceparentOf(request: HttpRequest): string | undefined {
  const value = header(request, 'traceparent');
  return value !== undefined && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(value)
    ? value
    : undefined;
}

function parameter(request: HttpRequest, name: string): string {
  return request.params[name] ?? '';
}
