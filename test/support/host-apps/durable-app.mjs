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
