import type { ReactNode } from 'react';
import type { Selection } from '../data/selection.ts';
import { useText, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';

interface BulkBarProps {
  readonly selection: Selection;
  /** How many match the filters, where something can be done with all of them; undefined: only with those that are chosen one by one. */
  readonly total?: number | undefined;
  readonly children: ReactNode;
}

/** What can be done with all rows that are chosen; there only while some are. */
export function BulkBar({ selection, total, children }: BulkBarProps) {
  const text = useText();
  const list = useTextOf(words);
  const { ids, isAll } = selection;
  if (ids.size === 0) return null;
  return (
    <section className="bulk" aria-label={text.table.selection}>
      <span role="status">
        <b>{text.table.selected(isAll ? (total ?? ids.size) : ids.size)}</b>
      </span>
      {total !== undefined && total > ids.size && !isAll && (
        <button type="button" className="btn small plain" onClick={selection.chooseAll}>
          {list.chooseAll(total)}
        </button>
      )}
      <span className="row">
        {children}
        <button
          type="button"
          className="btn icon-only plain small"
          aria-label={list.clearSelection}
          title={list.clearSelection}
          onClick={selection.clear}
        >
          <Icon name="x" />
        </button>
      </span>
    </section>
  );
}
