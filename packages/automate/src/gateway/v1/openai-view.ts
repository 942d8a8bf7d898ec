import { BaseAPIView, type Context, type Problem, type RawReply, raw } from '../../api/index.ts';
import type { ChatAnswer } from '../calls/chat.ts';
import { toOpenaiError } from '../protocols/openai-chat/errors.ts';
import '../calls/services.ts';

/** A route of OpenAI's API, with failures as its clients read them. */
export abstract class OpenAIView extends BaseAPIView {
  override tag: string | undefined = 'OpenAI-compatible';
  override tagDescription: string | undefined =
    'What clients of OpenAI call, for every model of the house: only base URL and key change.';

  override presentProblem({ status, code, detail, errors }: Problem, _ctx: Context): object {
    const pointer = errors?.[0]?.pointer;
    return toOpenaiError({ status, code, message: detail, ...(pointer && { pointer }) });
  }

  protected answer({ call, body, isStreamed }: ChatAnswer): RawReply {
    const headers: Record<string, string> = {
      'x-automate-call': call.id,
      'x-automate-provider': call.target?.provider.slug ?? '',
    };
    if (isStreamed) headers['x-accel-buffering'] = 'no';
    else if (call.costNanos !== null) headers['x-automate-cost-usd'] = (call.costNanos / 1e9).toFixed(9);
    return raw(body, {
      contentType: isStreamed ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8',
      headers,
    });
  }
}

/** Most bytes of a request: pictures, sounds and documents stand in it as text. */
export const BODY_LIMIT = 32 * 1_048_576;
/** Who may ask models. */
export const RUN = 'endpoints:run';
