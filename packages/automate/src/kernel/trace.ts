import { randomBytes, randomFillSync } from 'node:crypto';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const ACCEPTED = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

// Asking for the random bytes of many ids at once costs a tenth of asking for each.
const stock = Buffer.allocUnsafeSlow(4_096);
let stockOffset = stock.length;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A new trace id: 32 hex digits, as W3C Trace Context wants. */
export function newTraceId(): string {
  if (stockOffset === stock.length) {
    randomFillSync(stock);
    stockOffset = 0;
  }
  stockOffset += 16;
  return stock.toString('hex', stockOffset - 16, stockOffset);
}

/**
 * The trace id a request brings in `X-Trace-Id`, `X-Correlation-ID` or `traceparent` (in this order), else a new one.
 * An id that is too long or holds odd characters is not taken over.
 * @param headers names in lower case
 */
export function traceIdFrom(headers: Headers): string {
  for (const name of ['x-trace-id', 'x-correlation-id']) {
    const value = headers[name];
    if (typeof value === 'string' && ACCEPTED.test(value)) return value;
  }
  const parent = headers.traceparent;
  const match = typeof parent === 'string' ? TRACEPARENT.exec(parent) : null;
  return match?.[1] && !/^0+$/.test(match[1]) ? match[1] : newTraceId();
}

/** The `traceparent` header that carries a trace id to the next service; undefined when the id is not W3C-shaped. */
export function traceparentOf(traceId: string): string | undefined {
  return /^[0-9a-f]{32}$/.test(traceId) ? `00-${traceId}-${randomBytes(8).toString('hex')}-01` : undefined;
}
