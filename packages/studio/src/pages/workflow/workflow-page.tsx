import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { RuleCases } from '../../ui/rule-cases.tsx';
import { Head } from './head.tsx';
import { Overview } from './overview.tsx';
import { useWorkflow } from './read.ts';
import { Runs } from './runs.tsx';
import type { WorkflowSearch } from './search.ts';
import { words } from './words.ts';

const Versions = lazy(async () => ({ default: (await import('./versions.tsx')).Versions }));

/** One workflow: its steps, what starts it, its versions, how it has gone, and what its rules are measured by. */
export function WorkflowPage() {
  const common = useText();
  const text = useTextOf(words);
  const { id } = useParams({ from: '/studio/workflows/$id' });
  const search = useSearch({ from: '/studio/workflows/$id' });
  const navigate = useNavigate({ from: '/studio/workflows/$id' });
  const { data: workflow, error, refetch } = useWorkflow(id);
  useTitle(workflow?.name ?? text.overview, ...(workflow ? [workflow.name] : []));
  if (!workflow) return error ? <Unread error={error} onRetry={() => void refetch()} /> : <Loading />;
  const change = (next: WorkflowSearch) => void navigate({ search: next, replace: true });
  const running = (isRunning: boolean) => {
    const { run: _, ...rest } = search;
    change(isRunning ? { ...rest, run: true } : rest);
  };
  const shared = { workflow, search, onChange: change };
  return (
    <>
      <Head workflow={workflow} tab={search.tab} isRunning={search.run === true} onRunning={running} />
      {search.tab === undefined && <Overview {...shared} />}
      {search.tab === 'runs' && <Runs {...shared} />}
      {search.tab === 'versions' && (
        <Suspense fallback={<p className="in-pane soft">{common.states.loading}</p>}>
          <Versions {...shared} />
        </Suspense>
      )}
      {search.tab === 'cases' && (
        <div className="panel" role="region" tabIndex={0} aria-label={text.cases}>
          <p className="soft">{text.casesNote}</p>
          <RuleCases workflowId={workflow.id} version={workflow.latest_version} isArchived={workflow.archived_at !== null} />
        </div>
      )}
    </>
  );
}
