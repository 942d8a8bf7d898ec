import { BaseAPIView, type Context, type Problem } from '../../api/index.ts';
import { toAnthropicError } from '../protocols/anthropic-messages/errors.ts';
import '../calls/services.ts';

/** A route of Anthropic's API, with failures as its clients read them. */
export abstract class AnthropicView extends BaseAPIView {
  override tag: string | undefined = 'Anthropic-compatible';
  override tagDescription: string | undefined = 'What clients of Anthropic call, for every model of the house.';

  override presentProblem({ status, code, detail, errors }: Problem, ctx: Context): object {
    const pointer = errors?.[0]?.pointer;
    return toAnthropicError({ status, code, message: detail, ...(pointer && { pointer }) }, ctx.traceId);
  }
}
