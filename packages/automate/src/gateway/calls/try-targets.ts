import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../kernel/index.ts';
import { gatewayErrors } from '../errors.ts';
import { failureOf } from '../providers/kinds/failure.ts';
import type { ProviderClient } from '../providers/provider-kind.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import { ProviderFault, toCallError } from './failed-call.ts';
import { orderTargets } from './order-targets.ts';
import { type Patience, startPatience } from './patience.ts';
import type { ResolvedTarget } from './resolve-model.ts';

/** A target with the client that asks it. */
export interface ReadyTarget extends ResolvedTarget {
  readonly client: ProviderClient;
}

/** Asks one target; resolves once its answer has begun. @throws what the provider throws, or a {@link ProviderFault} */
export type Ask<T> = (target: ReadyTarget, patience: Patience) => Promise<T>;

const FIRST_WAIT_MS = 250;
/** Who wants to be left alone for longer is passed over. */
const LONGEST_WAIT_MS = 8_000;

/**
 * Asks the targets of a call in their order until one begins to answer. What failed in a way that may pass is tried again; what another may do
 * better goes to the next.
 * @param signal fires when whoever asked has gone
 * @throws AppError what the last of them failed with
 */
export async function tryTargets<T>(services: CallServices, call: Call, signal: AbortSignal, ask: Ask<T>): Promise<T> {
  let last: { readonly error: unknown; readonly provider: string } | undefined;
  const limits = call.resolved.endpoint?.attempts ?? {};
  for (const target of orderTargets(call.resolved.targets)) {
    call.target = target;
    for (let tries = 0; ; tries += 1) {
      const outcome = await tryOnce(services, call, { target, signal, limits, ask });
      if ('value' in outcome) return outcome.value;
      const { error } = outcome;
      last = { error, provider: target.provider.slug };
      const failure = error instanceof ProviderFault ? error.failure : undefined;
      if (!failure?.isRetryable || tries >= (limits.retries ?? 1)) break;
      const pause = failure.retryAfterMs ?? FIRST_WAIT_MS * 2 ** tries * (0.75 + Math.random() / 2);
      if (pause > LONGEST_WAIT_MS) break;
      await wait(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw aborted();
    }
    if (last.error instanceof ProviderFault && !last.error.failure.isFallbackable) break;
  }
  throw toCallError(last?.error, last?.provider ?? '');
}

interface Try<T> {
  readonly target: ResolvedTarget;
  readonly signal: AbortSignal;
  readonly limits: Parameters<typeof startPatience>[1];
  readonly ask: Ask<T>;
}

/** @throws AppError when whoever asked has gone, and whatever is nobody's failure but ours */
async function tryOnce<T>(
  { breaker, clients }: CallServices,
  call: Call,
  { target, signal, limits, ask }: Try<T>,
): Promise<{ readonly value: T } | { readonly error: unknown }> {
  const { tenantId } = call.facts.caller;
  const party = `${tenantId} ${target.provider.id}`;
  const start = performance.now();
  const note = (outcome: string, status?: number) =>
    call.attempts.push({
      provider: target.provider.slug,
      model: target.model,
      ms: Math.round(performance.now() - start),
      outcome,
      ...(status !== undefined && { status }),
    });
  if (signal.aborted) throw aborted();
  const patience = startPatience(signal, limits);
  let isAdmitted = false;
  try {
    breaker.admit(party, target.provider.slug);
    isAdmitted = true;
    const got = clients.get(tenantId, target.provider);
    const client = got instanceof Promise ? await got : got;
    const value = await ask({ ...target, client }, patience);
    breaker.succeeded(party);
    note('ok');
    return { value };
  } catch (error) {
    patience.stop();
    if (signal.aborted) {
      if (isAdmitted) breaker.undecided(party);
      note('aborted');
      throw aborted(error);
    }
    const known = asFault(error, patience);
    if (known instanceof ProviderFault) {
      const { reason, status, isRetryable } = known.failure;
      // A request that is refused says nothing about whoever refuses it.
      if (isRetryable && reason !== 'rate_limited') breaker.failed(party);
      else breaker.undecided(party);
      note(reason, status);
    } else {
      if (isAdmitted) breaker.undecided(party);
      note(AppError.is(known) ? known.code : 'internal');
      // Of ours is only what another provider may not have: a key, a program, a closed circuit.
      if (!AppError.is(known) || !PASSED_OVER.has(known.code)) throw known;
    }
    return { error: known };
  }
}

const PASSED_OVER = new Set([
  'outbound_circuit_open',
  'provider_missing',
  'key_host_refused',
  'secret_not_found',
  'secret_unavailable',
  'policy_host_denied',
  'outbound_refused',
  'task_not_allowed',
  'no_provider',
]);

/** What a provider threw, in one shape; what is ours stays as it is. */
function asFault(error: unknown, patience: Patience): unknown {
  if (error instanceof ProviderFault) return error;
  const late = patience.lateness();
  if (late !== undefined) {
    return new ProviderFault(
      { reason: 'timeout', status: undefined, message: late, isRetryable: true, isFallbackable: true },
      error,
    );
  }
  if (AppError.is(error) && !(error.code.startsWith('outbound_') && !PASSED_OVER.has(error.code))) return error;
  return new ProviderFault(failureOf(error), error);
}

function aborted(cause?: unknown): AppError {
  return gatewayErrors.call_aborted('Whoever asked has gone.', { cause });
}
