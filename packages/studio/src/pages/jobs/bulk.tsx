import type { JobBatch } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import type { Selection } from '../../data/selection.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { BatchDialog } from '../../ui/batch-dialog.tsx';
import { BulkBar } from '../../ui/bulk-bar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

interface BulkProps {
  readonly selection: Selection;
  readonly total: number | undefined;
  /** Of all that match: dead letters. */
  readonly filter: JobBatch['filter'] | undefined;
}

/** What can be done with the jobs that are chosen. */
export function JobsBulk({ selection, total, filter }: BulkProps) {
  const text = useTextOf(words);
  const [action, setAction] = useState<'cancel' | 'redrive'>();
  const mayWrite = useAllowed('jobs:write');
  const ids = [...selection.ids];
  const count = selection.isAll ? (total ?? ids.length) : ids.length;
  const chosen = selection.isAll && filter ? filter : { ids };
  const close = (which: typeof action) => setAction((now) => (now === which ? undefined : now));
  const start = (what: 'cancel' | 'redrive') => async () => (await api.jobs.batch({ action: what, filter: chosen })).job_id;
  return (
    <>
      <BulkBar selection={selection} total={filter ? total : undefined}>
        {mayWrite && (
          <button type="button" className="btn small" onClick={() => setAction('redrive')}>
            <Icon name="retrying" />
            {text.redrive}
          </button>
        )}
        {mayWrite && !selection.isAll && (
          <button type="button" className="btn small" onClick={() => setAction('cancel')}>
            <Icon name="cancelled" />
            {text.cancel}
          </button>
        )}
      </BulkBar>
      <BatchDialog
        isOpen={action === 'redrive'}
        title={text.redriveTitle}
        note={text.redriveNote}
        verb={text.redrive}
        icon="retrying"
        count={count}
        start={start('redrive')}
        onStarted={selection.clear}
        onClose={() => close('redrive')}
      />
      <BatchDialog
        isOpen={action === 'cancel'}
        title={text.cancelTitle}
        note={text.cancelNote}
        verb={text.cancel}
        icon="cancelled"
        count={count}
        isDangerous
        start={start('cancel')}
        onStarted={selection.clear}
        onClose={() => close('cancel')}
      />
    </>
  );
}
