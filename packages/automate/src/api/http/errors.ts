import { commonErrors, defineErrors, type Principal } from '../../kernel/index.ts';

/** Errors that the web layer itself raises, besides the kernel's common ones. */
export const apiErrors = defineErrors({
  invalid_json: [400, 'Invalid JSON'],
  invalid_encoding: [400, 'Invalid text encoding'],
  invalid_url: [400, 'Invalid URL'],
  invalid_settings: [500, 'Invalid settings'],
  idempotency_key_invalid: [400, 'Invalid Idempotency-Key'],
  idempotency_key_in_use: [409, 'Request still running'],
  idempotency_reply_not_kept: [409, 'Reply not kept'],
  idempotency_key_reused: [422, 'Idempotency-Key used for another request'],
  too_many_streams: [429, 'Too many event streams'],
  body_consumed: [500, 'Body already read'],
  request_timeout: [408, 'Request timeout'],
  headers_too_large: [431, 'Request headers too large'],
  uri_too_long: [414, 'URI too long'],
});

/**
 * The principal, for code that runs only behind authentication.
 * @throws `unauthenticated` when the request is anonymous.
 * @example
 * const { tenantId } = requirePrincipal(ctx);
 */
export function requirePrincipal(ctx: { readonly principal: Principal | null }): Principal {
  if (!ctx.principal) throw commonErrors.unauthenticated('Credentials are needed for this.');
  return ctx.principal;
}
