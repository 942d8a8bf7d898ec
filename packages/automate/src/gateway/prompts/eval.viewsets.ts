import type { z } from 'zod';
import { type Context, IsStaff, requirePrincipal } from '../../api/index.ts';
import { redactorOf } from '../../governance/index.ts';
import { AppError, invalidInput, type Json, type JsonObject } from '../../kernel/index.ts';
import { callerOf } from '../calls/caller.ts';
import { toWireUsage } from '../usage/usage.ts';
import { optionsOf } from './content.ts';
import { promptExamples as examples } from './examples.ts';
import { inTurn } from './in-turn.ts';
import { metricsOf } from './metrics.ts';
import { PromptMetrics, PromptMetricsQuery } from './metrics-schemas.ts';
import type { RenderedPrompt } from './render.ts';
import type { ResolvedPrompt } from './resolve.ts';
import { resolveAsked } from './resolve-asked.ts';
import { type PromptMessage, PromptTest, PromptTested } from './schemas.ts';
import { usdOf } from './usd.ts';
import { type PromptRow, PromptViewSet } from './viewsets.ts';
import './services.ts';

type Tested = z.input<typeof PromptTested>;

/** Prompts, which staff can try besides, and see how their calls went. */
export class PromptEvalViewSet extends PromptViewSet {
  static {
    this.action('test', {
      detail: true,
      methods: ['post'],
      summary: 'Try a prompt; for staff',
      description:
        'Renders a version with these variables and, with `run`, asks the model. A model that fails is told in the reply: `status` is `failed` then.',
      scope: 'prompts:run',
      permissions: [IsStaff],
      body: PromptTest,
      examples: examples.test,
      response: PromptTested,
      status: 200,
    });
    this.action('metrics', {
      detail: true,
      summary: 'Tell how the calls of a prompt went; for staff',
      permissions: [IsStaff],
      query: PromptMetricsQuery,
      response: PromptMetrics,
    });
  }
  /** Days that are told of when nothing is said. */
  metricsDays = 30;

  async test(prompt: PromptRow, ctx: Context<z.output<typeof PromptTest>>): Promise<Tested> {
    const { version, label, run: isRun } = ctx.body;
    const { tenantId } = requirePrincipal(ctx);
    const asked = { tenantId, promptId: prompt.id, version, label, latestVersion: prompt.latest_version };
    const resolved = await resolveAsked(ctx.services.prompts.resolve, asked);
    const variables = ctx.body.variables as JsonObject;
    const { messages } = await inTurn(() => this.renderTemplate(resolved, variables, ctx));
    const rendered = {
      system_prompt: textOf(messages, 'system'),
      user_prompt: textOf(messages, 'user'),
      messages: [...messages],
      version: resolved.version,
    };
    if (!isRun) return { ...rendered, status: 'rendered' };
    return { ...rendered, ...(await this.ask(resolved, messages, ctx)) };
  }

  async metrics(
    prompt: PromptRow,
    ctx: Context<unknown, z.output<typeof PromptMetricsQuery>>,
  ): Promise<z.input<typeof PromptMetrics>> {
    const { tenantId } = requirePrincipal(ctx);
    const days = ctx.query.days ?? this.metricsDays;
    const metrics = await metricsOf(ctx.services.database, { tenantId, promptId: prompt.id, days, version: ctx.query.version });
    return { ...metrics, recent_failures: redactorOf(ctx)(metrics.recent_failures as unknown as Json) as never };
  }

  /** What a version says with these variables; override it to put in more. @throws AppError `invalid_input` */
  renderTemplate(prompt: ResolvedPrompt, variables: JsonObject, _ctx: Context): RenderedPrompt | Promise<RenderedPrompt> {
    return prompt.render(variables);
  }

  private async ask(
    prompt: ResolvedPrompt,
    messages: readonly PromptMessage[],
    ctx: Context<z.output<typeof PromptTest>>,
  ): Promise<Omit<Tested, 'system_prompt' | 'user_prompt' | 'messages' | 'version'>> {
    const model = ctx.body.model ?? prompt.model;
    if (model === null)
      throw invalidInput([{ pointer: '/model', code: 'required', message: 'is needed: the version names no model' }]);
    const request = {
      model,
      options: { ...optionsOf(prompt.content, messages), abortSignal: ctx.request.signal },
      prompt: { id: prompt.id, version: prompt.version },
      signal: ctx.request.signal,
    };
    try {
      const answer = await ctx.services.prompts.models().chat(callerOf(ctx), request);
      return {
        status: 'succeeded',
        output: answer.text,
        usage: toWireUsage(answer.usage),
        cost_usd: usdOf(answer.costNanos),
        latency_ms: Math.round(answer.latencyMs),
        finish_reason: answer.finishReason,
        call_id: answer.callId,
      };
    } catch (error) {
      if (!isOfModel(error)) throw error;
      return { status: 'failed', error: { code: error.code, message: error.message } };
    }
  }
}

/** Whether it says how the model did; what the caller can change, and limits, are problems of the request. */
function isOfModel(error: unknown): error is AppError {
  return (
    AppError.is(error) && (/^(provider_|circuit_|guardrail)/.test(error.code) || error.status === 502 || error.status === 504)
  );
}

function textOf(messages: readonly PromptMessage[], wanted: PromptMessage['role']): string {
  return messages.flatMap(({ role, content }) => (role === wanted ? [content] : [])).join('\n\n');
}
