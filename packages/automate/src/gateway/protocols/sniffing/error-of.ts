import { memberOf } from '../../usage/count.ts';
import type { Outcome } from '../outcome.ts';

/** The error in an event or a body, as vendors write it. */
export function errorOf(error: unknown): Outcome['error'] {
  if (error === undefined || error === null) return undefined;
  const code = memberOf(error, 'code') ?? memberOf(error, 'type');
  const message = typeof error === 'string' ? error : memberOf(error, 'message');
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code).slice(0, 100) : 'upstream_error',
    message: typeof message === 'string' ? message.slice(0, 500) : 'An error without a message.',
  };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
