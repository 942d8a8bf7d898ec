import { BaseAPIView, type Context, type Problem } from '../../api/index.ts';
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
}

/** Most bytes of a request: pictures, sounds and documents stand in it as text. */
export const BODY_LIMIT = 32 * 1_048_576;
/** Who may ask models. */
export const RUN = 'endpoints:run';
