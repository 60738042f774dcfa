import type { HttpRequest } from '@azure/functions';
import type { ListedSaga } from '../shared/ports/saga-listing.ts';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { answer, header, parameter, respond } from './http-answer.ts';
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

function toShownSaga({ phase, startedAt, changedAt, reason, ...saga }: ListedSaga) {
  return {
    ...saga,
    state: phase,
    startedAt: new Date(startedAt).toISOString(),
    changedAt: new Date(changedAt).toISOString(),
    reason: reason === '' ? null : reason,
  };
}

function traceparentOf(request: HttpRequest): string | undefined {
  const value = header(request, 'traceparent');
  return value !== undefined && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(value)
    ? value
    : undefined;
}
