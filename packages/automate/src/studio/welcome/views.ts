import type { z } from 'zod';
import { BaseAPIView, type Context, requirePrincipal } from '../../api/index.ts';
import { hasScope, type JsonObject } from '../../kernel/index.ts';
import { Welcome } from './schemas.ts';
import { firstSteps } from './welcome.store.ts';

/** What is done of what one does first, and an automation to try it with. */
export class WelcomeView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'See what is done of what one does first', response: Welcome });
  }
  override scopeResource = 'studio';
  override tag: string | undefined = 'Dashboard';

  async get(ctx: Context): Promise<z.input<typeof Welcome>> {
    const principal = requirePrincipal(ctx);
    const { database, sample } = ctx.services;
    const steps = await firstSteps(database, principal.tenantId, { slug: sample.workflow.slug, source: 'studio' });
    const told = <Value>(scope: string, value: Value) => (hasScope(principal, scope) ? value : null);
    return {
      is_empty: told('executions:read', !steps.has_executions),
      ended_execution_id: told('executions:read', steps.ended_execution_id),
      has_sent_event: told('events:read', steps.has_sent_event),
      has_keys: told('api_keys:read', steps.has_keys),
      has_others: told('members:read', steps.has_others),
      sample: told('workflows:read', {
        workflow_id: steps.sample_id,
        name: sample.workflow.name,
        workflow: sample.workflow as unknown as JsonObject,
        event: sample.event as unknown as JsonObject,
      }),
    };
  }
}
