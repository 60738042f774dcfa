const { app } = require('@azure/functions');

app.http('hello', { handler: () => ({ body: process.env.Greeting }) });
