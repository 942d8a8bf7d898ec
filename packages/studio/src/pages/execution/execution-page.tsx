import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Data } from './data-tab.tsx';
import { GraphTab } from './graph-tab.tsx';
import { Head } from './head.tsx';
import { useExecution } from './live.ts';
import { ReplayDialog } from './replay-dialog.tsx';
import { likelyStart, type ReplayFrom } from './replay-plan.ts';
import { Runs } from './runs-tab.tsx';
import { type ExecutionSearch, type Tab, tabs } from './search.ts';
import { StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline.tsx';
import { useStep } from './use-step.ts';
import { words } from './words.ts';

/** One execution: when each step ran, what it took and gave, and what can be done about it. */
export function ExecutionPage() {
  const { id } = useParams({ from: '/studio/executions/$id' });
  return <Execution key={id} id={id} />;
}

function Execution({ id }: { id: string }) {
  const text = useText();
  const { opened, error, refetch, isOffline, ...pages } = useExecution(id);
  useTitle(text.execution.title(shortId(id)));
  if (!opened) return error ? <Unread error={error} onRetry={refetch} /> : <Loading />;
  return <Opened opened={opened} isOffline={isOffline} {...pages} />;
}

type OpenedProps = Omit<ReturnType<typeof useExecution>, 'opened' | 'error' | 'refetch'> & {
  readonly opened: NonNullable<ReturnType<typeof useExecution>['opened']>;
};

function Opened({ opened, isOffline, hasMore, readMore }: OpenedProps) {
  const search = useSearch({ from: '/studio/executions/$id' });
  const navigate = useNavigate({ from: '/studio/executions/$id' });
  const [replayed, setReplayed] = useState<ReplayFrom>();
  const change = useCallback((next: ExecutionSearch) => void navigate({ search: next, replace: true }), [navigate]);
  const { step: wanted, ...rest } = search;
  const step = useStep(opened, wanted);
  const start = likelyStart(opened, step);
  const { tab } = search;
  return (
    <>
      <Head
        opened={opened}
        isOffline={isOffline}
        onReplay={() => setReplayed(start === undefined ? { kind: 'start' } : { kind: 'step', node: start })}
      />
      <Tabs search={search} onChange={change} />
      <div className="contents" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab ?? 'timeline'}`}>
        {tab === 'data' && <Data opened={opened} />}
        {tab === 'runs' && <Runs opened={opened} />}
        {(tab === undefined || tab === 'graph') && (
          <div className={step ? 'split' : 'split slim'}>
            {tab === 'graph' ? (
              <GraphTab opened={opened} step={wanted} onStep={(key) => change({ ...search, step: key })} />
            ) : (
              <Timeline opened={opened} search={search} onChange={change} hasMore={hasMore} readMore={readMore} />
            )}
            {step && (
              <StepPanel
                opened={opened}
                step={step}
                onClose={() => change(rest)}
                onStep={(key) => change({ ...search, step: key })}
                onReplay={setReplayed}
              />
            )}
          </div>
        )}
      </div>
      <ReplayDialog
        isOpen={replayed !== undefined}
        opened={opened}
        from={replayed ?? { kind: 'start' }}
        onClose={() => setReplayed(undefined)}
      />
    </>
  );
}

function Tabs({ search, onChange }: { search: ExecutionSearch; onChange(search: ExecutionSearch): void }) {
  const text = useText();
  const own = useTextOf(words);
  const names: Readonly<Record<Tab, string>> = { graph: own.graph, data: text.execution.data, runs: own.runs };
  return (
    <div className="tabs" role="tablist" aria-label={text.execution.steps}>
      {([undefined, ...tabs] as const).map((tab) => (
        <button
          key={tab ?? 'timeline'}
          type="button"
          role="tab"
          id={`tab-${tab ?? 'timeline'}`}
          aria-controls="tab-panel"
          aria-selected={search.tab === tab}
          onClick={() => {
            const { tab: _, ...others } = search;
            onChange(tab ? { ...others, tab } : others);
          }}
        >
          {tab ? names[tab] : text.execution.timeline}
        </button>
      ))}
    </div>
  );
}
