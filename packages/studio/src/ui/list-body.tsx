import type { ReactNode } from 'react';
import type { LiveList } from '../data/live-list.ts';
import { useTextOf } from '../text/text.tsx';
import { Empty, Unread } from './empty.tsx';
import { words } from './list-words.ts';

export interface ListBodyProps {
  readonly list: Pick<LiveList<{ readonly id: string }>, 'error' | 'rows' | 'retry' | 'isLoading'>;
  /** What stands here while there is nothing yet. */
  readonly empty: ReactNode;
  /** How many filters are on, where they are counted: then nothing matches, rather than nothing being there. */
  readonly filters: number | boolean;
  onClear(): void;
  /** The table. */
  readonly children: ReactNode;
}

/** A list in whatever state it is: failed, not allowed, empty, without a match, or its rows. */
export function ListBody({ list, empty, filters, onClear, children }: ListBodyProps) {
  const text = useTextOf(words);
  if (list.error && list.rows.length === 0) return <Unread error={list.error} isPage={false} onRetry={list.retry} />;
  if (list.isLoading || list.rows.length > 0) return children;
  if (filters)
    return (
      <Empty icon="search" title={text.nothing} note={typeof filters === 'number' ? text.filtersOn(filters) : text.nothingNote}>
        <button type="button" className="btn" onClick={onClear}>
          {text.clearFilters}
        </button>
      </Empty>
    );
  return empty;
}
