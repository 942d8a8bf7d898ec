import { Link, useNavigate } from '@tanstack/react-router';
import type { Workflow, WorkflowSummary } from 'automate-client';
import type { LiveList } from '../../data/live-list.ts';
import type { Selection } from '../../data/selection.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { RunSpark } from '../../ui/run-spark.tsx';
import { Ago } from '../../ui/time.tsx';
import { useTriggerWords, WorkflowState } from '../../ui/workflow-words.tsx';
import { useSummaries } from './rows.ts';
import type { WorkflowsSearch } from './search.ts';
import { words } from './words.ts';

interface TableProps {
  readonly list: LiveList<Workflow>;
  /** Undefined for who may change nothing. */
  readonly selection: Selection | undefined;
  readonly order: WorkflowsSearch['order'];
  onOrder(order: string): void;
}

export function WorkflowTable({ list, selection, order, onOrder }: TableProps) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const columns = useColumns(useSummaries(list.rows));
  return (
    <DataTable
      label={text.label}
      className="workflows"
      columns={columns}
      list={list}
      nameOf={({ name }) => name}
      ordering={order ?? ''}
      onOrder={onOrder}
      {...(selection && { selection })}
      onOpen={({ id }) => void navigate({ to: '/studio/workflows/$id/', params: { id } })}
    />
  );
}

function useColumns(summaries: ReadonlyMap<string, WorkflowSummary>): readonly Column<Workflow>[] {
  const text = useTextOf(words);
  const triggers = useTriggerWords();
  return [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      order: 'name',
      title: ({ name }) => name,
      cell: ({ id, name, workflow_version }) => (
        <>
          <Link to="/studio/workflows/$id/" params={{ id }}>
            {name}
          </Link>{' '}
          <span className="faint small">v{workflow_version}</span>
        </>
      ),
    },
    {
      key: 't-state',
      className: 'w1',
      label: text.state,
      cell: (row) => <WorkflowState workflow={row} subscription={summaries.get(row.id)?.subscription} />,
    },
    {
      key: 't-starts',
      className: 'grow soft',
      label: text.starts,
      title: ({ id }) => triggers(summaries.get(id)?.triggers ?? []).join('; '),
      cell: ({ id }) => {
        const summary = summaries.get(id);
        return summary && triggers(summary.triggers).join('; ');
      },
    },
    {
      key: 't-runs',
      className: 'w1',
      label: text.runs,
      cell: ({ id }) => {
        const latest = summaries.get(id)?.latest;
        if (!latest) return null;
        return latest.length === 0 ? <span className="faint">{text.never}</span> : <RunSpark runs={latest} label={text.spark} />;
      },
    },
    {
      key: 't-rate',
      label: text.rate,
      isNumber: true,
      title: ({ id }) => {
        const summary = summaries.get(id);
        return summary && text.rateOf(summary.succeeded + summary.failed);
      },
      cell: ({ id }) => <Rate id={id} {...summaries.get(id)} />,
    },
    {
      key: 't-next',
      className: 'soft',
      label: text.next,
      isNumber: true,
      cell: ({ id }) => {
        const next = summaries.get(id)?.next_start;
        return next ? <Ago time={next} /> : '–';
      },
    },
    {
      key: 't-updated',
      className: 'soft',
      label: text.updated,
      isNumber: true,
      order: 'updated_at',
      cell: ({ updated_at }) => <Ago time={updated_at} />,
    },
  ];
}

/** It leads to the runs it is of. */
function Rate({ id, succeeded = 0, failed = 0 }: { id: string; succeeded?: number; failed?: number }) {
  if (succeeded + failed === 0) return '–';
  return (
    <Link to="/studio/executions/" search={{ workflow: id, ...(failed > 0 && { status: 'failed' }) }}>
      {Math.floor((succeeded / (succeeded + failed)) * 100)} %
    </Link>
  );
}
