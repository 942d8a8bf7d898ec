import type { Call } from '../calls/call.ts';

/** What became of a call. @param isOpen whether its answer is still on its way, so that its cost is not known */
export function callHeaders(call: Call, isOpen: boolean): Record<string, string> {
  const headers = { 'x-automate-call': call.id, 'x-automate-provider': call.target?.provider.slug ?? '' };
  if (isOpen) return { ...headers, 'x-accel-buffering': 'no' };
  return call.costNanos === null ? headers : { ...headers, 'x-automate-cost-usd': (call.costNanos / 1e9).toFixed(9) };
}
