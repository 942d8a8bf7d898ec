/** What is tested. All of it stands in the address, so that a link shows another person the same. */
export interface TesterSearch {
  /** JSON. */
  readonly rule?: string;
  readonly event?: string;
  /** Of the events that it is tried on. */
  readonly type?: string;
}

/** An address that is longer reaches no server. */
const LONGEST = 6_000;

export function readTesterSearch(given: Record<string, unknown>): TesterSearch {
  // The router reads what is JSON as JSON.
  const text = (value: unknown) => (value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
  const [rule, event, type] = [text(given.rule), text(given.event), text(given.type)];
  return { ...(rule && { rule }), ...(event && { event }), ...(type && { type }) };
}

/** What of a text can stand in the address. */
export function addressed(search: TesterSearch): TesterSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== '' && value.length <= LONGEST));
}
