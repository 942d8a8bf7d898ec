import type { ReactNode } from 'react';
import type { Selection } from '../data/selection.ts';
import { useText } from '../text/text.tsx';

/** What can be done with all rows that are chosen; there only while some are. */
export function BulkBar({ selection, children }: { selection: Selection; children: ReactNode }) {
  const text = useText();
  if (selection.ids.size === 0) return null;
  return (
    <section className="bulk" aria-label={text.table.selection}>
      <span>
        <b>{text.table.selected(selection.ids.size)}</b>
        <button type="button" className="link" onClick={selection.clear}>
          {text.table.clear}
        </button>
      </span>
      <span className="row">{children}</span>
    </section>
  );
}
