/** What of an execution is shown. All of it stands in the address. */
export interface ExecutionSearch {
  readonly tab?: 'data';
  /** The step whose panel is open, as `node` or, in a loop, `node@iteration`. */
  readonly step?: string;
  /** Gaps of the timeline are closed unless this says otherwise. */
  readonly gaps?: 'open';
}

export function readExecutionSearch(given: Record<string, unknown>): ExecutionSearch {
  return {
    ...(given.tab === 'data' && { tab: given.tab }),
    ...(typeof given.step === 'string' && given.step !== '' && { step: given.step }),
    ...(given.gaps === 'open' && { gaps: given.gaps }),
  };
}
