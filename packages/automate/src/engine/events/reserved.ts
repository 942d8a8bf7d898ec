import { engineErrors } from '../errors.ts';

/** Beginnings of the types of the events that only we make, and whole ones. */
const PREFIXES = ['workflow.', 'automate.'];
const NAMES = ['events.batch'];
const SHOWN = [...PREFIXES.map((prefix) => `${prefix}*`), ...NAMES].join(', ');

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
  throw engineErrors.reserved_event_type(`Events of the types ${SHOWN} are our own records: choose another name.`, {
    errors,
  });
}

/** Whether only we make events of this type. */
export function isReserved(type: string): boolean {
  return NAMES.includes(type) || PREFIXES.some((prefix) => type.startsWith(prefix));
}
