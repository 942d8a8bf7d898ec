import { oneOf, textsOf } from '../../data/search.ts';

/** What the list is narrowed to. */
export interface ApprovalFilters {
  /** Missing: those that wait. */
  readonly tab?: 'decided';
  readonly workflow?: string;
  readonly execution?: string;
}

/** All that stands in the address. */
export interface ApprovalsSearch extends ApprovalFilters {
  /** Id of the approval that is open. */
  readonly open?: string;
}

/** What an address does not say rightly, it does not say. */
export function readApprovalsSearch(given: Record<string, unknown>): ApprovalsSearch {
  const tab = oneOf(given.tab, ['decided'] as const);
  return { ...(tab && { tab }), ...textsOf(given, ['workflow', 'execution', 'open']) };
}

export function toQuery({ workflow, execution }: ApprovalFilters) {
  return { ...(workflow && { workflow_id: workflow }), ...(execution && { execution_id: execution }) };
}
