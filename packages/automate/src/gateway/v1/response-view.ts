import { z } from 'zod';
import { type Context, type RawReply, raw, requirePrincipal } from '../../api/index.ts';
import { commonErrors } from '../../kernel/index.ts';
import type { StoredResponse } from '../calls/response.store.ts';
import '../calls/responses.ts';
import { OpenAIView, RUN } from './openai-view.ts';

const StoredQuery = z.object({
  stream: z.stringbool().optional().describe('Whether its events are sent again'),
  starting_after: z.coerce.number().int().min(0).optional().describe('Those behind this `sequence_number` only'),
});
const Deleted = z
  .object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) })
  .meta({ id: 'OpenAIDeletedResponse' });

/** A response that is kept. */
export class ResponseView extends OpenAIView {
  static {
    this.describe('get', {
      summary: 'Get a response that is kept',
      description: 'With `stream` its events, from the one behind `starting_after`, for a client whose connection broke.',
      scope: 'calls:read',
      query: StoredQuery,
      produces: ['application/json', 'text/event-stream'],
    });
    this.describe('delete', { summary: 'Delete a response that is kept', scope: RUN, response: Deleted });
  }

  async get(ctx: Context<unknown, z.output<typeof StoredQuery>>): Promise<RawReply> {
    const { response, events } = await this.find(ctx);
    if (!ctx.query.stream) return raw(JSON.stringify(response), { contentType: 'application/json; charset=utf-8' });
    if (!events) throw commonErrors.conflict('The events of this response are not kept: it was no stream, or a very long one.');
    // They are numbered from 0, in their order.
    const rest = events.slice((ctx.query.starting_after ?? -1) + 1);
    return raw(rest.join(''), { contentType: 'text/event-stream; charset=utf-8' });
  }

  async delete(ctx: Context): Promise<z.input<typeof Deleted>> {
    const id = ctx.params.id ?? '';
    if (!(await ctx.services.modelResponses.remove(requirePrincipal(ctx).tenantId, id))) throw notKept();
    return { id, object: 'response', deleted: true };
  }

  private async find(ctx: Context): Promise<StoredResponse> {
    const found = await ctx.services.modelResponses.get(requirePrincipal(ctx).tenantId, ctx.params.id ?? '');
    if (!found) throw notKept();
    return found;
  }
}

function notKept() {
  return commonErrors.not_found('No response of yours with this id is kept.');
}
