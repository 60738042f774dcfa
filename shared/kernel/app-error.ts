/** Everything that can go wrong in infrastructure, named once. */
export type AppErrorCode =
  | 'config.invalid'
  | 'storage.unavailable'
  | 'storage.unexpected_answer'
  | 'broker.unavailable'
  | 'hub.recreated'
  | 'lake.unavailable'
  | 'lake.unsafe_target'
  | 'delta.corrupt_log'
  | 'delta.unsupported_protocol'
  | 'delta.schema_mismatch'
  | 'ledger.corrupt'
  | 'ledger.contended'
  | 'catalogue.invalid'
  | 'inbox.lease_lost'
  | 'message.refused'
  | 'durable.unavailable'
  | 'saga.unreachable'
  | 'saga.contended'
  | 'participant.contended'
  | 'participant.failed'
  | 'dead-letter.contended'
  | 'bug';

/** Facts for the log. Never payload: a payload may hold personal data. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>;

export interface AppErrorOptions {
  /** `transient`: the same call may succeed later. `permanent`: it will not. */
  readonly kind: 'transient' | 'permanent';
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/** The one exception of this application, made by adapters and caught by the consumer pipeline. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly kind: 'transient' | 'permanent';
  readonly details: ErrorDetails;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = options.kind;
    this.details = options.details ?? {};
  }
}
