import type { Violation } from '../ports/events.ts';
import type { CatalogueFault } from './catalogue-files.ts';

/** What a compiled JSON Schema says about a value that does not conform; the shape is Ajv's. */
export interface SchemaError {
  /** JSON pointer to the value. */
  readonly instancePath: string;
  readonly keyword: string;
  /** What the keyword demands. Of the schema, never a value of the event. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** A compiled JSON Schema: `errors` belongs to the last call. */
export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** The compiled JSON Schemas by the path of their file, and the faults of those that do not compile. */
export interface CompiledSchemas {
  readonly validators: ReadonlyMap<string, SchemaValidator>;
  readonly faults: readonly CatalogueFault[];
}

/** So many violations of one event are spelled out: a long list of bad items must not fill a table. */
const maxViolations = 100;

/** All violations in stable codes; positions in lists are left out of a code, so that codes can be counted. */
export function toViolations(errors: readonly SchemaError[]): readonly Violation[] {
  const violations = errors.slice(0, maxViolations).map(toViolation);
  const more = errors.length - violations.length;
  if (more === 0) return violations;
  return [...violations, { code: 'schema.data.more', detail: `${more} more violations` }];
}

function toViolation({ instancePath, keyword, params }: SchemaError): Violation {
  const missing = params['missingProperty'];
  if (typeof missing === 'string') {
    const pointer = `${instancePath}/${missing}`;
    return {
      code: `schema.data.${keyword}:${withoutPositions(pointer).slice(1)}`,
      detail: `data${instancePath} must have the member ${missing}`,
      pointer: `/data${pointer}`,
    };
  }
  const where = withoutPositions(instancePath);
  return {
    code: `schema.data.${keyword}${where === '' ? '' : `:${where}`}`,
    detail: `data${instancePath} does not satisfy ${keyword} ${JSON.stringify(params)}`,
    pointer: `/data${instancePath}`,
  };
}

function withoutPositions(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*');
}
