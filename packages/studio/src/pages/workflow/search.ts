export const tabs = ['versions', 'runs', 'cases'] as const;
export type Tab = (typeof tabs)[number];

/** What of a workflow is shown. All of it stands in the address. */
export interface WorkflowSearch {
  readonly tab?: Tab;
  /** The step whose panel is open, as a path. */
  readonly step?: string;
  /** The versions that are compared. */
  readonly from?: number;
  readonly to?: number;
  /** Of runs. */
  readonly status?: 'failed' | 'succeeded' | 'running' | 'waiting';
  /** Whether the dialog that runs it is open. */
  readonly run?: true;
}

/** What an address does not say rightly, it does not say. */
export function readWorkflowSearch(given: Record<string, unknown>): WorkflowSearch {
  const tab = tabs.find((one) => one === given.tab);
  const status = (['failed', 'succeeded', 'running', 'waiting'] as const).find((one) => one === given.status);
  const [from, to] = [number(given.from), number(given.to)];
  // The router reads what is JSON as JSON: a step may be called 7.
  const step = given.step === undefined ? '' : String(given.step);
  return {
    ...(tab && { tab }),
    ...(step && { step }),
    ...(from && { from }),
    ...(to && { to }),
    ...(status && { status }),
    ...(given.run === true && { run: true as const }),
  };
}

export interface EditSearch {
  /** What stands beside the text. */
  readonly beside?: 'graph' | 'dry';
  /** The version that one begins with. Default: the latest. */
  readonly version?: number;
}

export function readEditSearch(given: Record<string, unknown>): EditSearch {
  const version = number(given.version);
  return {
    ...((given.beside === 'graph' || given.beside === 'dry') && { beside: given.beside }),
    ...(version && { version }),
  };
}

function number(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}
