import { app } from '@azure/functions';
import * as df from 'durable-functions';

const client = { extraInputs: [df.input.durableClient()] };
const log = (context, name, value) => context.log(`@${name} ${JSON.stringify(value)}`);

/** Lets a test use every method of the client: the body names one and its arguments. */
app.http('client', {
  ...client,
  methods: ['POST'],
  handler: async (request, context) => {
    const { call, args } = await request.json();
    try {
      const value = await df.getClient(context)[call](...args);
      return { jsonBody: { value: value ?? null } };
    } catch (error) {
      return { status: 500, jsonBody: { error: error.message } };
    }
  },
});

df.app.activity('echo', { handler: (input) => input ?? 'nothing' });
df.app.activity('add', { handler: ([left, right]) => left + right });
df.app.activity('record', {
  handler: (input, context) => {
    log(context, 'ran', { input, metadata: context.triggerMetadata });
    return input;
  },
});
df.app.activity('fail', {
  handler: (text) => {
    throw new Error(text);
  },
});

df.app.orchestration('echoInput', function* (context) {
  return { input: context.df.getInput(), version: context.df.version ?? null };
});

df.app.orchestration('chain', function* (context) {
  let sum = 0;
  for (let step = 1; step <= context.df.getInput(); step += 1) {
    sum = yield context.df.callActivity('add', [sum, step]);
    context.df.setCustomStatus({ step });
  }
  return sum;
});

df.app.orchestration('fanOut', function* (context) {
  const tasks = context.df.getInput().map((each) => context.df.callActivity('echo', each));
  return yield context.df.Task.all(tasks);
});

df.app.orchestration('race', function* (context) {
  const { timeoutMs, event } = context.df.getInput();
  const fireAt = new Date(context.df.currentUtcDateTime.getTime() + timeoutMs);
  const timer = context.df.createTimer(fireAt);
  const reply = context.df.waitForExternalEvent(event);
  const winner = yield context.df.Task.any([reply, timer]);
  if (winner === timer) return 'timeout';
  timer.cancel();
  const after = yield context.df.callActivity('echo', 'after');
  return { reply: reply.result, after };
});

df.app.orchestration('events', function* (context) {
  const seen = [];
  for (let count = 0; count < context.df.getInput(); count += 1) {
    seen.push(yield context.df.waitForExternalEvent('event'));
  }
  return seen;
});

df.app.orchestration('failing', function* (context) {
  yield context.df.callActivity('fail', context.df.getInput());
});

df.app.orchestration('catching', function* (context) {
  try {
    yield context.df.callActivity('fail', context.df.getInput());
  } catch (error) {
    return error.message;
  }
});

const attempts = new Map();
df.app.activity('flaky', {
  handler: ({ key, failures }) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt <= failures) throw new Error(`attempt ${attempt} failed`);
    return attempt;
  },
});

df.app.orchestration('retrying', function* (context) {
  const { attempts: count, ...input } = context.df.getInput();
  const retry = new df.RetryOptions(20, count);
  retry.backoffCoefficient = 2;
  try {
    const attempt = yield context.df.callActivityWithRetry('flaky', retry, input);
    return { attempt, after: yield context.df.callActivity('echo', 'after') };
  } catch (error) {
    return { error: error.message, after: yield context.df.callActivity('echo', 'after') };
  }
});

df.app.orchestration('retryingAny', function* (context) {
  const retry = new df.RetryOptions(20, 5);
  const input = { key: context.df.instanceId, failures: 3 };
  const call = context.df.callActivityWithRetry('flaky', retry, input);
  const fireAt = new Date(context.df.currentUtcDateTime.getTime() + 3_600_000);
  const timer = context.df.createTimer(fireAt);
  const winner = yield context.df.Task.any([call, timer]);
  timer.cancel();
  return { isCall: winner === call, after: yield context.df.callActivity('echo', 'after') };
});

df.app.orchestration('parent', function* (context) {
  const { child, input, id, retries } = context.df.getInput();
  const retry = new df.RetryOptions(20, retries ?? 1);
  const call = () =>
    retries === undefined
      ? context.df.callSubOrchestrator(child, input, id)
      : context.df.callSubOrchestratorWithRetry(child, retry, input, id);
  try {
    const results = yield context.df.Task.all([call()]);
    return { results, after: yield context.df.callActivity('echo', 'after') };
  } catch (error) {
    return { error: error.message };
  }
});

df.app.orchestration('counterLoop', function* (context) {
  const { left, seen } = context.df.getInput();
  if (left === 0) return seen;
  const event = yield context.df.waitForExternalEvent('tick');
  context.df.continueAsNew({ left: left - 1, seen: [...seen, event] });
});

df.app.orchestration('textAgain', function* (context) {
  if (context.df.getInput() === 'again') return 'done';
  yield context.df.callActivity('echo', 'x');
  context.df.continueAsNew('again');
});

df.app.orchestration('timers', function* (context) {
  const [short, long] = context.df
    .getInput()
    .map((ms) => context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + ms)));
  const winner = yield context.df.Task.any([short, long]);
  return winner === short ? 'short' : 'long';
});

df.app.orchestration('allFails', function* (context) {
  try {
    yield context.df.Task.all([
      context.df.callActivity('fail', 'first'),
      context.df.callActivity('wait', context.df.getInput()),
    ]);
  } catch {
    return yield context.df.callActivity('now');
  }
});
df.app.activity('wait', {
  handler: async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return Date.now();
  },
});
df.app.activity('now', { handler: () => Date.now() });

df.app.orchestration('rerace', function* (context) {
  const reply = context.df.waitForExternalEvent('reply');
  let timeouts = 0;
  for (;;) {
    const fireAt = new Date(context.df.currentUtcDateTime.getTime() + 60);
    const timer = context.df.createTimer(fireAt);
    yield context.df.Task.any([reply, timer]);
    if (reply.isCompleted) {
      if (!timer.isCompleted) timer.cancel();
      return { timeouts, reply: reply.result, after: yield context.df.callActivity('echo', 1) };
    }
    timeouts += 1;
    yield context.df.callActivity('echo', timeouts);
  }
});

df.app.orchestration('sentAgain', function* (context) {
  const slow = context.df.callActivity('wait', 300);
  const fireAt = new Date(context.df.currentUtcDateTime.getTime() + 10);
  yield context.df.Task.any([slow, context.df.createTimer(fireAt)]);
  yield context.df.Task.any([slow, context.df.waitForExternalEvent('never')]);
  return 'done';
});

df.app.orchestration('unknownActivity', function* (context) {
  yield context.df.callActivity('missing');
});

df.app.orchestration('http', function* (context) {
  yield context.df.callHttp({ method: 'GET', url: 'http://127.0.0.1:1/' });
});

df.app.orchestration('big', function* (context) {
  const text = context.df.getInput();
  context.df.setCustomStatus(text);
  const results = yield context.df.Task.all(
    [1, 2].map(() => context.df.callActivity('echo', text)),
  );
  return results.join('');
});

df.app.entity('Counter', (context) => {
  const value = context.df.getState(() => 0);
  switch (context.df.operationName) {
    case 'add':
      context.df.setState(value + context.df.getInput());
      context.df.return(value + context.df.getInput());
      break;
    case 'get':
      context.df.return(value);
      break;
    case 'forward':
      context.df.signalEntity(new df.EntityId('Counter', context.df.getInput()), 'add', value);
      break;
    case 'reset':
      context.df.destructOnExit();
      break;
    default:
      throw new Error('unknown operation');
  }
});

df.app.orchestration('counting', function* (context) {
  const { key, times } = context.df.getInput();
  const counter = new df.EntityId('Counter', key);
  for (let time = 0; time < times; time += 1) context.df.signalEntity(counter, 'add', 1);
  const sums = yield context.df.Task.all([
    context.df.callEntity(counter, 'add', 10),
    context.df.callActivity('echo', 'beside'),
  ]);
  try {
    yield context.df.callEntity(counter, 'nonsense');
  } catch (error) {
    const value = yield context.df.callEntity(counter, 'get');
    return { sums, value, error: error.message };
  }
});

df.app.orchestration('signalLast', function* (context) {
  yield context.df.callActivity('echo', 1);
  context.df.signalEntity(new df.EntityId('Counter', context.df.getInput()), 'add', 1);
});

df.app.orchestration('steps', function* (context) {
  const done = [];
  for (let step = 0; step < context.df.getInput(); step += 1) {
    const input = { id: context.df.instanceId, step };
    done.push((yield context.df.callActivity('record', input)).step);
    if (step === 2) {
      const fireAt = new Date(context.df.currentUtcDateTime.getTime() + 30);
      yield context.df.createTimer(fireAt);
    }
  }
  return done;
});

df.app.orchestration('versioned', function* (context) {
  const event = yield context.df.waitForExternalEvent('go');
  const echoed = yield context.df.callActivity('echo', context.df.version);
  return [context.df.version, event, echoed];
});

let busy = 0;
let busiest = 0;
df.app.activity('beBusy', {
  handler: async () => {
    busy += 1;
    busiest = Math.max(busiest, busy);
    await new Promise((resolve) => setTimeout(resolve, 30));
    busy -= 1;
    return busiest;
  },
});
df.app.orchestration('busy', function* (context) {
  const calls = Array.from({ length: context.df.getInput() }, () =>
    context.df.callActivity('beBusy'),
  );
  return Math.max(...(yield context.df.Task.all(calls)));
});
