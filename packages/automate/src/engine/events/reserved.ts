import { engineErrors } from '../errors.ts';

/** Types of the events that only we make; a `*` stands for whatever follows. */
const RESERVED = ['workflow.*', 'automate.*', 'events.batch'];

/**
 * Makes sure that nobody sends events which look like records of ours.
 * @throws AppError `reserved_event_type`, with a pointer to each
 */
export function requireOpenTypes(eventTypes: readonly string[]): void {
  const errors = eventTypes.flatMap((type, index) =>
    isReserved(type)
      ? {
          pointer: eventTypes.length === 1 ? '/event_type' : `/${index}/event_type`,
          code: 'reserved_event_type',
          message: 'is a name of our own',
        }
      : [],
  );
  if (errors.length === 0) return;
  throw engineErrors.reserved_event_type(`Events of the types ${RESERVED.join(', ')} are our own records: choose another name.`, {
    errors,
  });
}

/** Whether only we make events of this type. */
export function isReserved(type: string): boolean {
  return type.startsWith('workflow.') || type.startsWith('automate.') || type === 'events.batch';
}
