import type { z } from 'zod';
import type { JsonObject, Logger } from '../../kernel/index.ts';

/** A trigger that has somebody else send its events. */
export interface Subscription<Config = JsonObject> {
  /** Who sends events for it names it: `services.triggers.fire({ subscriptionId, … })`. Stays when a version says the same. */
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly config: Config;
}

export interface SubscriptionContext {
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * A kind of trigger. It has its own configuration, and its events are sent by whoever it asks, or by a job or a view of the feature; each
 * is aimed at one subscription.
 * @example
 * export const newContact = defineTrigger({
 *   type: 'crm.new_contact',
 *   description: 'A contact was made',
 *   config: z.object({ list: z.string() }),
 * });
 */
export interface TriggerType<Config = JsonObject> {
  /** With a dot, so that it never meets one of ours. Its events have it as their type. */
  readonly type: string;
  readonly description: string;
  readonly config: z.ZodType<Config>;
  /**
   * Asks for events, when the workflow goes live. Called in a job, up to 50 times until it succeeds, so a repetition must do no harm.
   * @returns what {@link deactivate} needs to know; none is `{}`
   */
  activate?(subscription: Subscription<Config>, context: SubscriptionContext): Promise<JsonObject>;
  /** Takes that back, when no live version of the workflow has such a trigger. Called like the other. */
  deactivate?(subscription: Subscription<Config> & { readonly state: JsonObject }, context: SubscriptionContext): Promise<void>;
}

/** Declares a trigger type with its configuration inferred. */
export function defineTrigger<Config>(type: TriggerType<Config>): TriggerType {
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(type.type))
    throw new TypeError(`A trigger type needs a name with a dot, such as "crm.new_contact": "${type.type}" is none.`);
  return Object.freeze(type) as unknown as TriggerType;
}

export type TriggerTypes = ReadonlyMap<string, TriggerType>;
