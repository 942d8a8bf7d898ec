import type { z } from 'zod';
import { BaseAPIView, type Context, requirePrincipal } from '../../api/index.ts';
import { ProviderTestResult, ProviderTrial } from './schemas.ts';
import { tryProvider } from './try-provider.ts';

/** The console in which a provider is tried, before it is kept as well. */
export class TestProviderView extends BaseAPIView {
  static {
    this.describe('post', {
      summary: 'Try a provider, kept or not yet',
      description:
        'Really calls it. Names one that is kept, or says what one is to be, or both. What is given is used for this call and stored nowhere.',
      body: ProviderTrial,
      examples: {
        'One that is kept': { provider: 'openai', model: 'gpt-5-mini' },
        'One that is not kept': { kind: 'openai-compatible', config: { base_url: 'https://models.example.com/v1' } },
      },
      response: ProviderTestResult,
      idempotent: false,
    });
  }
  override scopeResource: string | undefined = 'providers';
  override tag: string | undefined = 'Providers';

  async post(ctx: Context<z.output<typeof ProviderTrial>>): Promise<z.input<typeof ProviderTestResult>> {
    const { tenantId } = requirePrincipal(ctx);
    const report = await tryProvider(ctx.services, ctx.body, { tenantId, signal: ctx.request.signal });
    return { ...report, checks: [...report.checks], models: [...report.models], trace_id: ctx.traceId };
  }
}
