import { StepError } from '../../engine/index.ts';
import { AppError } from '../../kernel/index.ts';
import { ProviderFault } from '../calls/failed-call.ts';

/** @throws StepError with the code and the words of the gateway, in place of its error */
export async function orStepError<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw toStepError(error);
  }
}

/** Worth another try is what passes by itself: limits, and a provider that fails; no spent budget, wrong request or wrong key. */
export function toStepError(error: unknown): unknown {
  if (!AppError.is(error) || error instanceof StepError) return error;
  const { code, status, message: detail, headers, cause } = error;
  const mayPass = status === 429 || (status >= 500 && code !== 'provider_auth');
  const isFinal = cause instanceof ProviderFault && !cause.failure.isRetryable;
  const seconds = Number(headers?.['retry-after']);
  const retryAfterMs =
    (cause instanceof ProviderFault ? cause.failure.retryAfterMs : undefined) ?? (seconds > 0 ? seconds * 1_000 : undefined);
  return new StepError({ code, detail, isRetryable: mayPass && !isFinal, retryAfterMs, cause: error });
}
