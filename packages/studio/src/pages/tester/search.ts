/** What is tested. All of it stands in the address, so that a link shows another person the same. */
export interface TesterSearch {
  /** JSON. Default: that of what `workflow` names. */
  readonly rule?: string;
  readonly event?: string;
  /** Of the events that it is tried on. */
  readonly type?: string;
  /** Whose rule it is: that of a trigger, by its place, or of a step, by its path. */
  readonly workflow?: string;
  readonly trigger?: number;
  readonly step?: string;
  /** An event that came in, or a case of the workflow, to begin with. */
  readonly event_id?: string;
  readonly case?: string;
  /** How the rule is edited. */
  readonly as?: 'json';
  readonly below?: 'cases';
}

/** An address that is longer reaches no server. */
const LONGEST = 6_000;
const TEXTS = ['rule', 'event', 'type', 'workflow', 'step', 'event_id', 'case'] as const;

export function readTesterSearch(given: Record<string, unknown>): TesterSearch {
  // The router reads what is JSON as JSON.
  const text = (value: unknown) => (value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
  const texts = TEXTS.flatMap((name) => {
    const value = text(given[name]);
    return value ? [[name, value] as const] : [];
  });
  return {
    ...(Object.fromEntries(texts) as TesterSearch),
    ...(Number.isInteger(given.trigger) && (given.trigger as number) >= 0 && { trigger: given.trigger as number }),
    ...(given.as === 'json' && { as: given.as }),
    ...(given.below === 'cases' && { below: given.below }),
  };
}

/** What of it can stand in the address. */
export function addressed(search: { readonly [Name in keyof TesterSearch]?: TesterSearch[Name] | undefined }): TesterSearch {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== '' && String(value).length <= LONGEST),
  );
}
