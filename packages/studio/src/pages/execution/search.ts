/** What of an execution is shown. All of it stands in the address. */
export interface ExecutionSearch {
  readonly tab?: Tab;
  /** The step whose panel is open, as `node` or, in a loop, `node@iteration`. */
  readonly step?: string;
  /** Gaps of the timeline are closed unless this says otherwise. */
  readonly gaps?: 'open';
  /** Only steps that stand so. */
  readonly only?: 'failed' | 'running' | 'waiting';
  /** Only steps whose path or type holds this. */
  readonly find?: string;
}

export const tabs = ['graph', 'data', 'runs'] as const;
export type Tab = (typeof tabs)[number];
const ONLY = ['failed', 'running', 'waiting'] as const;

export function readExecutionSearch(given: Record<string, unknown>): ExecutionSearch {
  const tab = tabs.find((one) => one === given.tab);
  const only = ONLY.find((one) => one === given.only);
  return {
    ...(tab && { tab }),
    ...(typeof given.step === 'string' && given.step !== '' && { step: given.step }),
    ...(given.gaps === 'open' && { gaps: given.gaps }),
    ...(only && { only }),
    ...((typeof given.find === 'string' || typeof given.find === 'number') &&
      given.find !== '' && { find: String(given.find).slice(0, 200) }),
  };
}
