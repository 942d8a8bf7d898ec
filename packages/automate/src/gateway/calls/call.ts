import { AppError, errorMessage, newId } from '../../kernel/index.ts';
import type { Reservation } from '../limits/limits.ts';
import type { Measured } from '../prices/rates.ts';
import type { Task } from '../tasks.ts';
import { noUsage, totalTokens, type Usage } from '../usage/usage.ts';
import type { AttemptRow, CallStatus } from './call-row.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import type { ResolvedModel, ResolvedTarget } from './resolve-model.ts';

export interface CallFacts {
  readonly caller: Caller;
  readonly task: Task;
  /** As the request named it. */
  readonly model: string;
  readonly protocol: string;
  readonly isStreamed: boolean;
  readonly prompt?: { readonly id: string; readonly version: number } | undefined;
  /** The body, or what makes it when the log wants it. */
  readonly request: unknown;
}

/** One call from the moment it is let in until it is settled and logged, once. */
export class Call {
  readonly id: string = newId();
  readonly facts: CallFacts;
  readonly resolved: ResolvedModel;
  readonly attempts: AttemptRow[] = [];
  /** Who answers, or was asked last. */
  target: ResolvedTarget | undefined = undefined;
  usage: Usage = noUsage;
  /** What was used beside tokens. */
  measured: Measured | undefined = undefined;
  isCached = false;
  reservation: Reservation | undefined = undefined;
  readonly #services: CallServices;
  readonly #createdAt = Date.now();
  readonly #start = performance.now();
  #firstByteMs: number | undefined = undefined;
  #costNanos: number | null | undefined = undefined;
  #isOver = false;
  #hasSucceeded = false;
  #findings: (() => readonly object[]) | undefined = undefined;
  #sent: unknown = undefined;

  constructor(services: CallServices, facts: CallFacts, resolved: ResolvedModel) {
    this.#services = services;
    this.facts = facts;
    this.resolved = resolved;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get hasSucceeded(): boolean {
    return this.#hasSucceeded;
  }

  /** Billionths of a dollar; null where no price is known. */
  get costNanos(): number | null {
    this.#costNanos ??= this.#cost();
    return this.#costNanos;
  }

  get elapsedMs(): number {
    return performance.now() - this.#start;
  }

  get firstByteMs(): number | null {
    return this.#firstByteMs ?? null;
  }

  /** Guardrails look at it: what they find is logged with it, and of the bodies what went out alone, for an answer may hold what they hid. */
  guardedBy(findings: () => readonly object[]): void {
    this.#findings = findings;
  }

  /** What goes out in place of what came. */
  sends(request: unknown): void {
    this.#sent = request;
  }

  noteFirstByte(): void {
    this.#firstByteMs ??= this.elapsedMs;
  }

  succeed(response: unknown): void {
    this.#end('succeeded', undefined, response);
  }

  /** Whatever was used by then is charged. */
  fail(error: unknown, response?: unknown): void {
    const code = AppError.is(error) ? error.code : 'internal';
    const status = code === 'call_aborted' ? 'cancelled' : code === 'guardrail_blocked' ? 'blocked' : 'failed';
    this.#end(status, error, response);
  }

  #end(status: CallStatus, error: unknown, response: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hasSucceeded = status === 'succeeded';
    const { caller, task, model, protocol, isStreamed, prompt, request } = this.facts;
    const { endpoint } = this.resolved;
    const costNanos = this.costNanos;
    const tokens = this.isCached ? 0 : totalTokens(this.usage);
    if (tokens === 0 && status !== 'succeeded') this.reservation?.release();
    else this.reservation?.settle({ tokens, nanos: costNanos });
    const keepsBodies = endpoint?.log.bodies !== false;
    this.#services.log.add({
      id: this.id,
      tenantId: caller.tenantId,
      createdAt: this.#createdAt,
      task,
      model,
      endpointId: endpoint?.id ?? null,
      endpoint: endpoint?.slug ?? null,
      providerId: this.target?.provider.id ?? null,
      provider: this.target?.provider.slug ?? null,
      providerModel: this.target?.model ?? null,
      protocol,
      isStreamed,
      isCached: this.isCached,
      caller: caller.actor,
      apiKeyId: caller.apiKeyId,
      executionId: caller.executionId ?? null,
      step: caller.step ?? null,
      traceId: caller.traceId,
      promptId: prompt?.id ?? null,
      promptVersion: prompt?.version ?? null,
      status,
      httpStatus: AppError.is(error) ? error.status : error === undefined ? 200 : 500,
      errorCode: error === undefined ? null : AppError.is(error) ? error.code : 'internal',
      errorDetail: error === undefined ? null : errorMessage(error),
      attempts: this.attempts,
      findings: this.#findings?.() ?? [],
      usage: this.usage,
      costNanos,
      latencyMs: this.elapsedMs,
      firstByteMs: this.firstByteMs,
      request: keepsBodies ? (this.#findings ? this.#sent : request) : undefined,
      response: keepsBodies && !this.#findings ? response : undefined,
    });
  }

  #cost(): number | null {
    if (this.isCached || !this.target) return 0;
    const { prices, kinds } = this.#services;
    const { provider, model } = this.target;
    const book = kinds.get(provider.kind)?.priceBook;
    return prices.cost({ tenantId: this.facts.caller.tenantId, book, model }, this.usage, this.measured);
  }
}
