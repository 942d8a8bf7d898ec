import type { ReactNode } from 'react';
import type { ApprovalFilters } from './search.ts';

/** What both lists take. */
export interface ListProps {
  readonly filters: ApprovalFilters;
  readonly open: string | undefined;
  readonly above: ReactNode;
  onClear(): void;
}
