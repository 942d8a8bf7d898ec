import { z } from 'zod';
import type { Context } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { isOpenTo } from '../calls/resolve-model.ts';
import { OpenAIView } from './openai-view.ts';

const Model = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .meta({ id: 'OpenAIModel' });
const Models = z.object({ object: z.literal('list'), data: z.array(Model) });

/** What a `model` can name. */
export class ModelsView extends OpenAIView {
  static {
    this.describe('get', { summary: 'List the endpoints and their aliases', scope: 'endpoints:read', response: Models });
  }

  async get(ctx: Context): Promise<z.input<typeof Models>> {
    const caller = callerOf(ctx);
    const { endpoints } = await ctx.services.directory.of(caller.tenantId);
    const open = endpoints.filter((endpoint) => endpoint.is_enabled && isOpenTo(endpoint, caller));
    return {
      object: 'list',
      data: open.flatMap(({ slug, aliases, updated_at: at }) =>
        [slug, ...aliases].map((id) => ({
          id,
          object: 'model' as const,
          created: Math.floor(Date.parse(at) / 1_000),
          owned_by: 'automate',
        })),
      ),
    };
  }
}
