const pattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The W3C trace context in a value from outside; undefined if it is no well-formed one. */
export function parseTraceParent(value: unknown): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

/** A new trace that nobody samples: version 00, a trace id and a span id made of two UUIDs. */
export function newTraceParent(newId: () => string): string {
  const traceId = newId().replaceAll('-', '');
  return `00-${traceId}-${newId().replaceAll('-', '').slice(-16)}-00`;
}

/** The trace context among the properties of a message, as senders of either generation write it. */
export function messageTraceParent(
  properties: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  return (
    parseTraceParent(properties?.['Diagnostic-Id']) ?? parseTraceParent(properties?.['traceparent'])
  );
}
