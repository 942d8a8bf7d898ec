import type { z } from 'zod';
import type { CountTokensRequest } from '../protocols/anthropic-messages/schemas.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { readBody, sendNative } from './native-exchange.ts';
import { startPatience } from './patience.ts';
import { resolveModel } from './resolve-model.ts';

type Request = z.output<typeof CountTokensRequest>;

/**
 * How many tokens a request has that is not sent: by the provider where it counts for nothing, else about.
 * @throws AppError `model_not_found`, `task_not_allowed`
 */
export async function countTokens(
  services: CallServices,
  caller: Caller,
  request: Request,
  signal: AbortSignal,
): Promise<number> {
  const { targets, endpoint } = resolveModel(await services.directory.of(caller.tenantId), caller, request.model, 'llm.chat');
  const [target] = targets;
  if (target) {
    const patience = startPatience(signal, endpoint?.attempts ?? {});
    try {
      const { native: lane } = await services.clients.get(caller.tenantId, target.provider);
      if (lane?.protocol === 'anthropic') {
        const body = JSON.stringify({ ...request, model: target.model });
        const reply = await sendNative(services, {
          tenantId: caller.tenantId,
          lane,
          path: '/messages/count_tokens',
          body,
          patience,
        });
        const counted = JSON.parse((await readBody(reply.body, patience.progress)).toString('utf8')) as {
          input_tokens?: unknown;
        };
        if (typeof counted.input_tokens === 'number') return counted.input_tokens;
      }
    } catch {
      // An estimate is better than nothing: whoever asks wants to know whether it fits.
    } finally {
      patience.stop();
    }
  }
  const { countTokens: count } = await import('gpt-tokenizer/encoding/o200k_base');
  return count(textOf(request));
}

/** What a model would read, about. */
function textOf({ system, messages, tools }: Request): string {
  return JSON.stringify([system ?? '', ...messages.map(({ content }) => content), ...(tools ?? [])]).slice(0, 4_000_000);
}
