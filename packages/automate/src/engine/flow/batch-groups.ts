/** About how many bytes of payloads start one execution together; a batch that weighs more is due at once, and is split. */
export const MAXIMUM_BATCH_BYTES = 8 * 1_048_576;

/** An event that waits in a batch. */
export interface WaitingEvent {
  readonly event_id: string;
  readonly trigger_id: string;
  readonly bytes: number;
  /** Whether it has waited as long as it was to. */
  readonly is_over: boolean;
}

/**
 * The groups of a batch that start now: the full ones, by number or by weight, and the rest once its first event has waited long enough.
 * @param isAll whether there is nothing behind these events
 */
export function groupsOf<Event extends WaitingEvent>(events: readonly Event[], size: number, isAll: boolean): Event[][] {
  const groups: Event[][] = [];
  let group: Event[] = [];
  let bytes = 0;
  for (const event of events) {
    if (group.length >= size || (group.length > 0 && bytes + event.bytes > MAXIMUM_BATCH_BYTES)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(event);
    bytes += event.bytes;
  }
  const isFull = group.length >= size || bytes >= MAXIMUM_BATCH_BYTES;
  if (group.length > 0 && (isFull || (isAll && group[0]?.is_over))) groups.push(group);
  return groups;
}
