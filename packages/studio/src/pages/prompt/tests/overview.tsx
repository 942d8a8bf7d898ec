import { useQueryClient } from '@tanstack/react-query';
import type { PromptTestSet } from 'automate-client';
import { useState } from 'react';
import { useTextOf } from '../../../text/text.tsx';
import { Empty, Unread } from '../../../ui/empty.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Ago } from '../../../ui/time.tsx';
import { useRights } from '../read.ts';
import { NewSetDialog } from './new-set-dialog.tsx';
import type { TestsProps } from './part-props.ts';
import { useRuns, useTestSets } from './read.ts';
import { RunDialog } from './run-dialog.tsx';
import { RunTable } from './run-table.tsx';
import { words } from './words.ts';

/** All test sets, and the latest runs. */
export function Overview({ prompt, onSet, onRun, onCompare }: TestsProps & { onSet(id: string): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const { mayWrite, mayRun } = useRights();
  const sets = useTestSets(prompt.id);
  const runs = useRuns(prompt.id);
  const [isMaking, setMaking] = useState(false);
  const [running, setRunning] = useState<PromptTestSet>();
  if (!sets.data)
    return sets.error ? <Unread error={sets.error} isPage={false} onRetry={() => void sets.refetch()} /> : <Loading />;
  const make = mayWrite && (
    <button type="button" className="btn primary" onClick={() => setMaking(true)}>
      <Icon name="plus" />
      {text.newSet}
    </button>
  );
  return (
    <div className="panel stack" role="group" tabIndex={0} aria-label={text.sets}>
      {sets.data.length === 0 ? (
        <Empty icon="check" title={text.empty} note={text.emptyNote}>
          {make}
        </Empty>
      ) : (
        <section className="stack" aria-labelledby="h-sets">
          <div className="row wrap">
            <h2 id="h-sets">{text.sets}</h2>
            <span className="push">{make}</span>
          </div>
          <ul className="wf-list" aria-label={text.sets}>
            {sets.data.map((set) => (
              <li key={set.id}>
                <button type="button" className="link" onClick={() => onSet(set.id)}>
                  {set.name}
                </button>
                <span className="cut soft">
                  {text.cases(set.cases.length)} <Ago time={set.updated_at} />
                </span>
                {mayRun && (
                  <button
                    type="button"
                    className="btn small"
                    aria-label={text.runSet(set.name)}
                    disabled={set.cases.length === 0 || prompt.latest_version === 0}
                    onClick={() => setRunning(set)}
                  >
                    <Icon name="play" />
                    {text.run}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {runs.data && runs.data.length > 0 && <RunTable runs={runs.data} onRun={onRun} onCompare={onCompare} />}
      <NewSetDialog
        promptId={prompt.id}
        isOpen={isMaking}
        onMade={(id) => {
          void client.invalidateQueries({ queryKey: ['prompt-test-sets', prompt.id] });
          onSet(id);
        }}
        onClose={() => setMaking(false)}
      />
      <RunDialog prompt={prompt} set={running} onRun={onRun} onCompare={onCompare} onClose={() => setRunning(undefined)} />
    </div>
  );
}
