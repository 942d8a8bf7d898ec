import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Head } from './head.tsx';
import { useExecution } from './live.ts';
import type { ExecutionSearch } from './search.ts';
import { stepKey } from './step-key.ts';
import { StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline.tsx';

/** One execution: when each step ran, what it took and gave, and what can be done about it. */
export function ExecutionPage() {
  const text = useText();
  const { id } = useParams({ from: '/studio/executions/$id' });
  const search = useSearch({ from: '/studio/executions/$id' });
  const navigate = useNavigate({ from: '/studio/executions/$id' });
  const { data: execution, error, refetch, isOffline } = useExecution(id);
  useTitle(text.execution.title(shortId(id)));
  if (!execution) return error ? <Unread error={error} onRetry={refetch} /> : <Loading />;
  const change = (next: ExecutionSearch) => void navigate({ search: next, replace: true });
  const { step: opened, ...rest } = search;
  const step = execution.steps.find((one) => stepKey(one) === opened);
  return (
    <>
      <Head execution={execution} isOffline={isOffline} step={step} />
      <div className="tabs" role="tablist" aria-label={text.execution.title(shortId(id))}>
        {([undefined, 'data'] as const).map((tab) => (
          <button
            key={tab ?? 'timeline'}
            type="button"
            role="tab"
            id={`tab-${tab ?? 'timeline'}`}
            aria-controls="tab-panel"
            aria-selected={search.tab === tab}
            onClick={() => {
              const { tab: _, ...others } = search;
              change(tab ? { ...others, tab } : others);
            }}
          >
            {tab ? text.execution.data : text.execution.timeline}
          </button>
        ))}
      </div>
      <div className="contents" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${search.tab ?? 'timeline'}`}>
        {search.tab === 'data' ? (
          <Data id={id} output={execution.output} error={execution.error} />
        ) : (
          <div className={step ? 'split' : 'split slim'}>
            <Timeline execution={execution} search={search} onChange={change} />
            {step && (
              <StepPanel
                execution={execution}
                step={step}
                onClose={() => change(rest)}
                onStep={(key) => change({ ...search, step: key })}
              />
            )}
          </div>
        )}
      </div>
    </>
  );
}

function Loading() {
  const text = useText();
  return (
    <div className="body stack pt-6" role="status" aria-label={text.states.loading}>
      {[40, 90, 70, 80].map((width) => (
        <span key={width} className="bone on" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

function Data({ id, output, error }: { id: string; output: unknown; error: unknown }) {
  const text = useText();
  return (
    <div className="panel">
      <div className="two">
        <section className="card" aria-labelledby="h-output">
          <header className="lined">
            <h2 id="h-output">{text.execution.output}</h2>
          </header>
          {output === null ? (
            <Empty icon="skipped" title={text.execution.noOutput} />
          ) : (
            <JsonView value={output} label={text.execution.output} />
          )}
        </section>
        {error !== null && (
          <section className="card" aria-labelledby="h-error">
            <header className="lined">
              <h2 id="h-error">{text.execution.error}</h2>
            </header>
            <JsonView key={id} value={error} label={text.execution.error} />
          </section>
        )}
      </div>
    </div>
  );
}
