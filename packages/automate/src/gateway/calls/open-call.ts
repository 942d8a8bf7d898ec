import type { Measured } from '../prices/rates.ts';
import { Call, type CallFacts } from './call.ts';
import type { CallServices } from './call-services.ts';
import { resolveModel } from './resolve-model.ts';

/** What a call will take at most, for its limits. */
export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly measured?: Measured | undefined;
}

/** What a request without a ceiling of its own is taken to answer with. */
export const USUAL_OUTPUT_TOKENS = 1_024;

/**
 * Lets a call in: what it names is found, and its place within limits and budgets is held until it ends.
 * @throws AppError `model_not_found`, `task_not_allowed`, `limit_reached`, `budget_spent`, …
 */
export function openCall(services: CallServices, facts: CallFacts, estimate: Estimate): Call | Promise<Call> {
  const listing = services.directory.of(facts.caller.tenantId);
  const warming = services.prices.warm(facts.caller.tenantId);
  if (listing instanceof Promise || warming)
    return Promise.all([listing, warming]).then(([read]) => reserve(services, callOf(services, read, facts), estimate));
  return reserve(services, callOf(services, listing, facts), estimate);
}

function callOf(services: CallServices, listing: Parameters<typeof resolveModel>[0], facts: CallFacts): Call {
  return new Call(services, facts, resolveModel(listing, facts.caller, facts.model, facts.task));
}

function reserve(services: CallServices, call: Call, { inputTokens, outputTokens, measured }: Estimate): Call | Promise<Call> {
  const { caller } = call.facts;
  const [first] = call.resolved.targets;
  const book = first && services.kinds.get(first.provider.kind)?.priceBook;
  const nanos = services.prices.estimate(
    { tenantId: caller.tenantId, book, model: first?.model ?? '' },
    { input: inputTokens, output: outputTokens },
    measured,
  );
  const subject = { tenantId: caller.tenantId, endpointId: call.resolved.endpoint?.id ?? null, apiKeyId: caller.apiKeyId };
  try {
    const reservation = services.limits.reserve(subject, { tokens: inputTokens + outputTokens, nanos });
    if (!(reservation instanceof Promise)) {
      call.reservation = reservation;
      return call;
    }
    return reservation.then(
      (held) => {
        call.reservation = held;
        return call;
      },
      (error: unknown) => refuse(call, error),
    );
  } catch (error) {
    return refuse(call, error);
  }
}

/** A call that is refused for its limits is in the log too: somebody will ask why nothing works. */
function refuse(call: Call, error: unknown): never {
  call.fail(error);
  throw error;
}

/** About how many tokens a text has: enough for what is held in advance, and settled with what was used. */
export function roughTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
