import { matchesPattern } from '../events/pattern.ts';
import type { LiveTrigger } from './trigger.store.ts';

/** Whether a trigger has to decide about an event: one that is aimed is for its subscription alone. */
export function fits(
  { eventType, subscriptionId }: Pick<LiveTrigger, 'eventType' | 'subscriptionId'>,
  event: { readonly eventType: string; readonly subscriptionId: string | null },
): boolean {
  if (event.subscriptionId !== null) return subscriptionId === event.subscriptionId;
  return eventType !== null && subscriptionId === null && matchesPattern(eventType, event.eventType);
}
