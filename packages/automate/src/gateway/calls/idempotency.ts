import { createHash } from 'node:crypto';

/** Kinds whose vendors tell a repetition by this header, or ignore it. */
const KINDS: ReadonlySet<string> = new Set(['openai', 'openai-compatible', 'anthropic']);

/** What tells a provider that a request is sent again. @param of what else is different in the request, such as its model */
export function idempotencyHeaders(
  key: string | undefined,
  kind: string,
  of: string,
): { readonly headers?: Record<string, string> } {
  if (key === undefined || !KINDS.has(kind)) return {};
  return { headers: { 'idempotency-key': createHash('sha256').update(`${key}\n${of}`).digest('hex') } };
}
