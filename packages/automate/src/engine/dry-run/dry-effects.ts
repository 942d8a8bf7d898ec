import { parseJsonWithTexts, toStorableJson } from '../../kernel/index.ts';
import type { OutboundResponse } from '../../outbound/index.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { StepRequest } from '../steps/http/step-http.ts';
import type { StepAtWork, StepEffects } from '../steps/step-effects.ts';
import { StepError } from '../steps/step-error.ts';
import type { DryRunCall } from '../workflows/dry-run-schemas.ts';

/**
 * Notes calls instead of sending them: refuses what would be refused before anything is looked up, and answers 200 with the sample that
 * the step gave, or `{}`. Sleeps end at once. What acts in any other way is refused, and says what it would have done.
 */
export function dryEffects(options: {
  checkUrl(url: string): void;
  readonly policies: Pick<ExecutionPolicy, 'requireHost'>;
  onCall(call: DryRunCall): void;
}): StepEffects {
  return {
    isDry: true,
    checkUrl: options.checkUrl,
    async send(request, path) {
      options.checkUrl(request.url);
      await options.policies.requireHost(request.tenantId, new URL(request.url));
      options.onCall(toCall(request, nodeOf(path)));
      return replyTo(request);
    },
    admit(step, path) {
      if (step.effects === 'other') throw needsPin(nodeOf(path), `A dry run does not run ${whatActs(step)}`);
    },
    conclude({ resumeAt: _, ...result }, path) {
      if (result.starts) throw needsPin(nodeOf(path), 'A dry run starts no other workflow');
      if (result.emits) throw needsPin(nodeOf(path), 'A dry run sends no events');
      return result;
    },
  };
}

/** The path as pins have it, without the iterations of the loops that it leads through. */
function nodeOf(path: string): string {
  return path.replaceAll(/:\d+(?=\/)/g, '');
}

function whatActs({ type, urls }: StepAtWork): string {
  const hosts = [...new Set(urls.map((url) => new URL(url).host))].slice(0, 5);
  return `steps of the type "${type}"${hosts.length > 0 ? `, which would call ${hosts.join(', ')}` : ''}`;
}

function needsPin(path: string, reason: string): StepError {
  const detail = `${reason}: pin an output for "${path}".`;
  return new StepError({ code: 'pin_required', detail, isRetryable: false });
}

function toCall({ method, url, headers, body }: StepRequest, step: string): DryRunCall {
  return {
    step,
    method,
    url,
    headers: toStorableJson(headers) as DryRunCall['headers'],
    body: readBody(body, headers['content-type']),
  };
}

function replyTo({ url, sample = {} }: StepRequest): OutboundResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(sample)), url };
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
