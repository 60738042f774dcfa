import document from './openapi.json' with { type: 'json' };

/** The description of the HTTP API, in OpenAPI 3.1. A test keeps it in step with the routes. */
export const openApi = document;
