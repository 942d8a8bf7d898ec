import { AppError } from '../../kernel/index.ts';

/** A step's own failure. Retryable ones are tried again with backoff; others end the execution at once. */
export class StepError extends AppError {
  readonly isRetryable: boolean;
  /** How long to wait at least before the next try, as the other side wishes. */
  readonly retryAfterMs: number | undefined;

  constructor(options: {
    code: string;
    detail: string;
    isRetryable: boolean;
    cause?: unknown;
    retryAfterMs?: number | undefined;
  }) {
    super({ status: 500, code: options.code, title: 'Step failed', detail: options.detail, cause: options.cause });
    this.isRetryable = options.isRetryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
