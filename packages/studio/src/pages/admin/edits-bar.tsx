import { LeaveDialog } from '../../edit/edit-bar.tsx';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { RowEdits } from './row-edits.ts';
import { words } from './words.ts';

/** Changes in the list that are not saved; there only while there are some. */
export function EditsBar({ edits }: { edits: RowEdits }) {
  const text = useTextOf(words);
  if (edits.size === 0) return null;
  return (
    <section className="bulk" aria-label={text.changed(edits.size)}>
      <span>
        <b>{text.changed(edits.size)}</b>
        {edits.failures.length > 0 && (
          <span className="bad small" role="alert">
            {edits.failures.map(({ name, reason }) => `${name}: ${reason}`).join(' · ')}
          </span>
        )}
      </span>
      <span className="row">
        <button type="button" className="btn small" disabled={edits.isSaving} onClick={edits.discard}>
          {text.discard}
        </button>
        <button type="button" className="btn small primary" disabled={edits.isSaving} onClick={() => void edits.save()}>
          {edits.isSaving && <Icon name="running" />}
          {edits.isSaving ? text.saving : text.save(edits.size)}
        </button>
      </span>
      <LeaveDialog isChanged isKept={false} />
    </section>
  );
}
