import { randomUUID } from 'node:crypto';
import { traceIdFrom } from '../kernel/index.ts';
import type { RequestHeaders } from './request.ts';

/**
 * The trace id a request brings, else a new one. New ones come from `randomUUID`, which draws entropy in batches:
 * asking the kernel's generator for 16 bytes costs more than all phases of a simple request together.
 */
export function traceIdOf(headers: RequestHeaders): string {
  const bringsOne =
    headers['x-trace-id'] !== undefined || headers['x-correlation-id'] !== undefined || headers.traceparent !== undefined;
  return bringsOne ? traceIdFrom(headers) : randomUUID().replaceAll('-', '');
}
