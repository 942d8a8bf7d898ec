/** Which trace is shown, and what of it. All of it stands in the address. */
export interface TraceSearch {
  readonly trace_id?: string;
  /** The row whose panel is open. */
  readonly at?: string;
  /** Kinds that are not shown. */
  readonly without?: string;
  readonly gaps?: 'open';
}

export function readTraceSearch(given: Record<string, unknown>): TraceSearch {
  const { trace_id: traceId, at, without, gaps } = given;
  return {
    // An address of digits alone is read as a number.
    ...((typeof traceId === 'string' || typeof traceId === 'number') && traceId !== '' && { trace_id: String(traceId) }),
    ...(typeof at === 'string' && at !== '' && { at }),
    ...(typeof without === 'string' && without !== '' && { without }),
    ...(gaps === 'open' && { gaps }),
  };
}
