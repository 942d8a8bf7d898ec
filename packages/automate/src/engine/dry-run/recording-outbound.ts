import { parseJsonWithTexts, toStorableJson } from '../../kernel/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { DryRunCall } from '../workflows/dry-run-schemas.ts';

/** Notes calls instead of sending them, refuses what would be refused before anything is looked up, and answers 200 with `{}`. */
export function recordingOutbound(options: {
  outbound: Outbound;
  policies: Pick<ExecutionPolicy, 'requireHost'>;
  tenantId: string;
  /** Path of the node that calls. */
  step(): string;
  onCall(call: DryRunCall): void;
}): Outbound {
  const refuse = async () => {
    throw new Error('a dry run opens no stream');
  };
  return {
    async request({ url, method = 'GET', headers = {}, body }) {
      options.outbound.checkText(url);
      await options.policies.requireHost(options.tenantId, new URL(url));
      options.onCall({
        step: options.step(),
        method,
        url,
        headers: toStorableJson(headers) as DryRunCall['headers'],
        body: readBody(body, headers['content-type']),
      });
      return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}'), url };
    },
    stream: refuse,
    check: refuse,
    checkText: (url) => options.outbound.checkText(url),
    close: async () => undefined,
  };
}

function readBody(body: string | Uint8Array | undefined, type: unknown): DryRunCall['body'] {
  if (body === undefined) return null;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  if (!String(type ?? '').includes('json')) return toStorableJson(text);
  try {
    return toStorableJson(parseJsonWithTexts(text));
  } catch {
    return toStorableJson(text);
  }
}
