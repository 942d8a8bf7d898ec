import { Link, useNavigate } from '@tanstack/react-router';
import type { ListedExecution, WorkflowDetail } from 'automate-client';
import { api } from '../../api.ts';
import { useLiveList } from '../../data/live-list.ts';
import { duration, shortId } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago, useNow } from '../../ui/time.tsx';
import type { WorkflowSearch } from './search.ts';
import { words } from './words.ts';

interface RunsProps {
  readonly workflow: WorkflowDetail;
  readonly search: WorkflowSearch;
  onChange(search: WorkflowSearch): void;
}

/** Its executions, newest first. */
export function Runs({ workflow, search, onChange }: RunsProps) {
  const common = useText();
  const text = useTextOf(words);
  const navigate = useNavigate();
  const { id } = workflow;
  const { status, ...rest } = search;
  const list = useLiveList<ListedExecution>({
    queryKey: ['executions', { workflow: id, status }],
    read: (page, signal) => api.executions.list({ workflow: [id], ...(status && { status }), ...page }, { signal }),
  });
  const columns: readonly Column<ListedExecution>[] = [
    { key: 't-status', className: 'w1', label: text.status, cell: (row) => <StatusPill status={row.status} /> },
    {
      key: 't-name',
      label: text.id,
      isName: true,
      cell: (row) => (
        <>
          <Link to="/studio/executions/$id/" params={{ id: row.id }}>
            {shortId(row.id)}
          </Link>{' '}
          <span className="faint small">v{row.workflow_version}</span>
        </>
      ),
    },
    { key: 't-started', className: 'soft', label: text.started, isNumber: true, cell: (row) => <Ago time={row.created_at} /> },
    { key: 't-took', label: text.took, isNumber: true, cell: (row) => <Took row={row} /> },
    {
      key: 't-error2',
      className: 'grow soft',
      label: text.error,
      title: ({ error }) => error?.message,
      cell: ({ error }) => error && `${error.code} ${error.message}`,
    },
  ];
  return (
    <>
      <div className="filters">
        <select
          className="select small quiet w-auto"
          aria-label={text.status}
          value={status ?? ''}
          onChange={({ target }) =>
            onChange({ ...rest, ...(target.value && { status: target.value as NonNullable<typeof status> }) })
          }
        >
          <option value="">{text.anyStatus}</option>
          {(['running', 'waiting', 'succeeded', 'failed'] as const).map((one) => (
            <option key={one} value={one}>
              {common.statuses[one]}
            </option>
          ))}
        </select>
        {list.newer > 0 && (
          <button type="button" className="btn small newer" onClick={list.renew}>
            <Icon name="up" size="s" />
            {common.table.newer(list.newer)}
          </button>
        )}
        <Link className="push" to="/studio/executions/" search={{ workflow: id, ...(status && { status }) }}>
          {text.allRuns}
        </Link>
      </div>
      {list.error && list.rows.length === 0 ? (
        <Unread error={list.error} isPage={false} onRetry={list.retry} />
      ) : !list.isLoading && list.rows.length === 0 ? (
        <Empty icon="executions" title={text.noRuns} note={text.noRunsNote} />
      ) : (
        <DataTable
          label={text.runs}
          className="executions"
          columns={columns}
          list={list}
          onOpen={(row) => void navigate({ to: '/studio/executions/$id/', params: { id: row.id } })}
        />
      )}
    </>
  );
}

function Took({ row }: { row: ListedExecution }) {
  const now = useNow();
  if (!row.started_at) return '–';
  return duration((row.finished_at ? Date.parse(row.finished_at) : now) - Date.parse(row.started_at));
}
