import { withSessions } from '../../db/index.ts';
import type { AuditActor } from '../../governance/index.ts';
import type { JobHandler } from '../../jobs/index.ts';
import type { Logger } from '../../kernel/index.ts';
import type { AssertionType } from './assertions/assertion-type.ts';
import type { Assertions } from './assertions/assertions.ts';
import { createAssertions } from './assertions/assertions.ts';
import { createPromptCache, type PromptCache } from './prompt-cache.ts';
import type { PromptCaller } from './prompt-caller.ts';
import { PromptService, type PromptServiceOptions } from './prompt-service.ts';
import { createResolve, type ResolvePrompt } from './resolve.ts';
import { runHandler } from './runs/run-handler.ts';
import { createVersionCache } from './version-cache.ts';

/** What views, steps and routes do with prompts. */
export interface Prompts {
  /** Finds a version in the memory of the process; a label that was moved leads elsewhere, in every process, within a second. */
  readonly resolve: ResolvePrompt;
  readonly assertions: Assertions;
  /** What changes prompts, on behalf of somebody. */
  serviceFor(actor: AuditActor): PromptService;
  /** What asks models. */
  models(): PromptCaller;
  readonly runHandler: Omit<JobHandler, 'kind'>;
}

export interface PromptsOptions extends Omit<PromptServiceOptions, 'cache'> {
  readonly logger: Pick<Logger, 'warn'>;
  /** Types of assertions of hosts. */
  readonly assertionTypes: readonly AssertionType[];
  models(): PromptCaller;
}

/** Prompts, with what holds them in memory. */
export async function createPrompts(options: PromptsOptions): Promise<{ prompts: Prompts; close: PromptCache['close'] }> {
  const { db, audit, logger, models } = options;
  const cache = await createPromptCache({ db, logger });
  const resolve = createResolve(cache, createVersionCache(db));
  const assertions = createAssertions(options.assertionTypes);
  return {
    prompts: {
      resolve,
      assertions,
      serviceFor: (actor) => new PromptService({ db, audit, cache }, actor),
      models,
      runHandler: runHandler({ db: withSessions(db, { byIndex: true, isBackground: true }), resolve, assertions, models }),
    },
    close: () => cache.close(),
  };
}
