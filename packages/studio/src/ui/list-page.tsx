import type { ReactNode } from 'react';
import type { LiveList } from '../data/live-list.ts';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { ListBody, type ListBodyProps } from './list-body.tsx';
import { LiveState } from './live-state.tsx';

interface ListPageProps extends Omit<ListBodyProps, 'list'> {
  readonly title: string;
  readonly list: ListBodyProps['list'] & Pick<LiveList<{ readonly id: string }>, 'newer' | 'renew' | 'isOffline' | 'readAt'>;
  /** At the right of the title. */
  readonly actions?: ReactNode;
  /** Views and filters. */
  readonly above?: ReactNode;
  readonly filters: number;
  /** One row in detail. */
  readonly panel?: ReactNode;
}

/** A page that is one list, in each of its states. */
export function ListPage(props: ListPageProps) {
  const { title, list, actions, above, empty, filters, panel, children, onClear } = props;
  const text = useText();
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
          <ListBody list={list} empty={empty} filters={filters} onClear={onClear}>
            {children}
          </ListBody>
        </div>
        {panel}
      </div>
    </>
  );
}
