import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSelection } from '../../data/selection.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ExportMenu } from '../../ui/export-menu.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { RunSample } from '../../ui/run-sample.tsx';
import { Views } from '../../ui/views.tsx';
import { ExecutionsBulk } from './bulk.tsx';
import { ExecutionTable } from './execution-table.tsx';
import { Filters } from './filters.tsx';
import { useExecutions, useTotal, useWorkflows } from './rows.ts';
import { type ExecutionsSearch, toBatchFilter, toQuery } from './search.ts';

/** What has run, runs and waits, newest first. */
export function ExecutionsPage() {
  const text = useText();
  const search = useSearch({ from: '/studio/executions' });
  const navigate = useNavigate({ from: '/studio/executions' });
  const list = useExecutions(search);
  const selection = useSelection();
  const total = useTotal(search, selection.ids.size > 0);
  const workflows = useWorkflows(search.workflow);
  useTitle(text.executions.title);
  const change = (next: ExecutionsSearch) => void navigate({ search: next, replace: true });
  const { clear } = selection;
  const asked = JSON.stringify(search);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen is chosen among what is shown
  useEffect(clear, [asked]);
  const workflow = workflows.find(({ id, slug }) => search.workflow === id || search.workflow === slug);
  return (
    <ListPage
      title={text.executions.title}
      list={list}
      actions={<ExportMenu path="api/v1/executions/export/" query={toQuery(search, Date.now())} />}
      above={
        <>
          <Views
            list="executions"
            search={search}
            onChange={change}
            builtIn={[
              { label: text.executions.all, search: {} },
              { label: text.statuses.running, search: { status: 'running' } },
              { label: text.statuses.waiting, search: { status: 'waiting' } },
              { label: `${text.statuses.failed}, ${text.executions.day}`, search: { status: 'failed', within: 'day' } },
            ]}
          />
          <Filters search={search} workflows={workflows} onChange={change} />
        </>
      }
      empty={
        <Empty icon="executions" title={text.executions.empty} note={text.executions.emptyNote}>
          <RunSample />
        </Empty>
      }
      filters={Object.keys(search).length}
      onClear={() => change({})}
    >
      <ExecutionTable list={list} selection={selection} />
      <ExecutionsBulk selection={selection} total={total} filter={toBatchFilter(search, workflow?.id, Date.now())} />
    </ListPage>
  );
}
