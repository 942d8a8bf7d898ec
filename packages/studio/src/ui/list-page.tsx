import type { ReactNode } from 'react';
import type { LiveList } from '../data/live-list.ts';
import { useText, useTextOf } from '../text/text.tsx';
import { Empty, Unread } from './empty.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';
import { LiveState } from './live-state.tsx';

interface ListPageProps {
  readonly title: string;
  readonly list: Pick<
    LiveList<{ readonly id: string }>,
    'newer' | 'renew' | 'isOffline' | 'readAt' | 'error' | 'rows' | 'retry' | 'isLoading'
  >;
  /** At the right of the title. */
  readonly actions?: ReactNode;
  /** Views and filters. */
  readonly above?: ReactNode;
  /** What is there when there is nothing at all. */
  readonly empty: ReactNode;
  /** How many filters are on: then nothing matches, rather than nothing being there. */
  readonly filters: number;
  /** One row in detail. */
  readonly panel?: ReactNode;
  /** The table. */
  readonly children: ReactNode;
  onClear(): void;
}

/** A page that is one list, in each of its states. */
export function ListPage(props: ListPageProps) {
  const { title, list, actions, above, empty, filters, panel, children, onClear } = props;
  const text = useText();
  const says = useTextOf(words);
  const isNothing = !list.isLoading && list.rows.length === 0;
  return (
    <>
      <div className="head">
        <div className="row">
          <h1>{title}</h1>
          {list.newer > 0 && (
            <button type="button" className="btn small newer" onClick={list.renew}>
              <Icon name="up" size="s" />
              {text.table.newer(list.newer)}
            </button>
          )}
        </div>
        <span className="row">
          {actions}
          <LiveState isOffline={list.isOffline} readAt={list.readAt} />
        </span>
      </div>
      {above}
      <div className={panel ? 'split' : 'split alone'}>
        <div className="list-side">
          {list.error && list.rows.length === 0 ? (
            <Unread error={list.error} isPage={false} onRetry={list.retry} />
          ) : isNothing && filters > 0 ? (
            <Empty icon="search" title={says.nothing} note={says.filtersOn(filters)}>
              <button type="button" className="btn" onClick={onClear}>
                {says.clearFilters}
              </button>
            </Empty>
          ) : isNothing ? (
            empty
          ) : (
            children
          )}
        </div>
        {panel}
      </div>
    </>
  );
}
