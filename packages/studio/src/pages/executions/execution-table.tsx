import { Link, useNavigate } from '@tanstack/react-router';
import type { ListedExecution } from 'automate-client';
import type { LiveList } from '../../data/live-list.ts';
import type { Selection } from '../../data/selection.ts';
import { duration, shortId } from '../../format.ts';
import { useText } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago, useNow } from '../../ui/time.tsx';

export function ExecutionTable({ list, selection }: { list: LiveList<ListedExecution>; selection: Selection }) {
  const { executions: text, statuses } = useText();
  const navigate = useNavigate();
  const columns: readonly Column<ListedExecution>[] = [
    { key: 't-status', className: 'w1 c-status', label: text.status, cell: ({ status }) => <StatusPill status={status} /> },
    {
      key: 't-name',
      label: text.workflow,
      isName: true,
      cell: ({ id, workflow, workflow_id, workflow_version }) => (
        <>
          <Link to="/studio/executions/$id/" params={{ id }}>
            {workflow?.name ?? workflow_id}
          </Link>{' '}
          <span className="faint small">{text.version(workflow_version)}</span>
        </>
      ),
    },
    { key: 't-id', className: 'late', label: text.id, cell: ({ id }) => <Id id={id} /> },
    {
      key: 't-started',
      className: 'soft c-time',
      label: text.started,
      isNumber: true,
      cell: (row) => <Ago time={row.created_at} />,
    },
    { key: 't-took', className: 'mid-col', label: text.duration, isNumber: true, cell: (row) => <Took row={row} /> },
    {
      key: 't-error',
      className: 'grow soft late',
      label: text.error,
      title: ({ error }) => error?.message,
      cell: ({ error }) =>
        error && (
          <>
            <code>{error.code}</code> {error.message}
          </>
        ),
    },
  ];
  return (
    <DataTable
      label={text.label}
      className="executions ops"
      hasEvenRows
      columns={columns}
      list={list}
      selection={selection}
      nameOf={({ id, status, workflow }) => `${workflow?.name ?? ''} ${shortId(id)}, ${statuses[status]}`}
      onOpen={({ id }) => void navigate({ to: '/studio/executions/$id/', params: { id } })}
    />
  );
}

function Took({ row: { started_at, finished_at } }: { row: ListedExecution }) {
  if (!started_at) return '–';
  if (!finished_at) return <SoFar since={started_at} />;
  return duration(Date.parse(finished_at) - Date.parse(started_at));
}

/** Only what runs is drawn again each second. */
function SoFar({ since }: { since: string }) {
  return duration(useNow() - Date.parse(since));
}
