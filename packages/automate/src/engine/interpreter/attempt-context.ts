import type { Logger } from '../../kernel/index.ts';
import { createStepHttp } from '../steps/http/create-step-http.ts';
import type { StepHttp } from '../steps/http/step-http.ts';
import { NO_SECRETS, secretsUse } from '../steps/secrets-use.ts';
import type { StepContext, StepSecretsUse } from '../steps/step-context.ts';
import { hidingLogger, type StepSecrets } from '../steps/step-secrets.ts';
import type { AttemptOptions } from './attempt-options.ts';
import type { Bound } from './bound.ts';

/** What a step is given. A class, and what few steps need is made when it is asked for: there is one for every step that runs. */
export class AttemptContext implements StepContext {
  readonly scope: StepContext['scope'];
  /** Whether the step has asked where its secrets may go, or for what asks itself. */
  wereHostsAsked = false;
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly tenantId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly isUndoing: boolean;
  readonly now: StepContext['now'];
  readonly #options: AttemptOptions;
  readonly #bound: Bound;
  readonly #opened: StepSecrets | undefined;
  #http: StepHttp | undefined;
  #secrets: StepSecretsUse | undefined;

  constructor(options: AttemptOptions, bound: Bound, opened: StepSecrets | undefined) {
    const { execution } = options;
    this.scope = options.scope;
    this.idempotencyKey = `${execution.id}:${options.key}`;
    this.traceId = execution.traceId;
    this.tenantId = execution.tenantId;
    this.executionId = execution.id;
    this.attempt = options.number;
    this.isUndoing = options.step.isUndoing;
    this.now = options.clock.now;
    this.#options = options;
    this.#bound = bound;
    this.#opened = opened;
  }

  get http(): StepHttp {
    this.wereHostsAsked = true;
    this.#http ??= this.#makeHttp();
    return this.#http;
  }

  get secrets(): StepSecretsUse {
    this.wereHostsAsked = true;
    this.#secrets ??= this.#opened ? secretsUse(this.#opened, this.#options.effects.isDry) : NO_SECRETS;
    return this.#secrets;
  }

  get signal(): AbortSignal {
    return this.#bound.signal();
  }

  get logger(): Logger {
    const logger = this.#options.logger();
    return this.#opened ? hidingLogger(logger, this.#opened.hide) : logger;
  }

  #makeHttp(): StepHttp {
    const { effects, path } = this.#options;
    return createStepHttp({
      effects,
      path,
      tenantId: this.tenantId,
      traceId: this.traceId,
      executionId: this.executionId,
      idempotencyKey: this.idempotencyKey,
      signal: this.signal,
      requireHost: this.#opened && this.secrets.requireHost,
    });
  }
}
