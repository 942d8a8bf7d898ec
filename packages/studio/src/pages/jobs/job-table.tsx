import { Link, useNavigate } from '@tanstack/react-router';
import type { Job } from 'automate-client';
import { hasEnded, progressOf } from '../../data/batches.ts';
import type { LiveList } from '../../data/live-list.ts';
import type { Selection } from '../../data/selection.ts';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Meter } from '../../ui/batch-progress.tsx';
import { Id } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Ago } from '../../ui/time.tsx';
import { NEVER } from './job-panel.tsx';
import { JobState } from './job-state.tsx';
import type { JobsSearch } from './search.ts';
import { words } from './words.ts';

interface JobTableProps {
  readonly list: LiveList<Job>;
  readonly search: JobsSearch;
  readonly selection: Selection;
  /** Beside an open panel there is room for less. */
  readonly isNarrow: boolean;
}

export function JobTable({ list, search, selection, isNarrow }: JobTableProps) {
  const text = useTextOf(words);
  const navigate = useNavigate({ from: '/studio/jobs' });
  const columns: readonly Column<Job>[] = [
    { key: 'j-state', className: 'w1 c-status', label: text.state, cell: (job) => <JobState job={job} /> },
    {
      key: 'j-kind',
      label: text.kind,
      isName: true,
      cell: ({ id, kind }) => (
        <Link to="/studio/jobs/" search={{ ...search, open: id }} replace>
          {kind}
        </Link>
      ),
    },
    { key: 'j-id', className: 'late', label: text.id, cell: ({ id }) => <Id id={id} /> },
    {
      key: 'j-attempts',
      className: 'mid-col',
      label: text.attempts,
      isNumber: true,
      cell: ({ attempts, max_attempts }) => `${attempts} / ${max_attempts}`,
    },
    { key: 'j-next', className: 'soft late', label: text.nextRun, isNumber: true, cell: (job) => <NextRun job={job} /> },
    { key: 'j-progress', className: 'c-more', label: text.progress, cell: (job) => <Progress job={job} /> },
    {
      key: 'j-made',
      className: 'soft c-time',
      label: text.made,
      isNumber: true,
      cell: ({ created_at }) => <Ago time={created_at} />,
    },
    {
      key: 'j-error',
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
      className="ops"
      hasEvenRows
      columns={isNarrow ? columns.filter(({ key }) => !['j-error', 'j-next', 'j-id'].includes(key)) : columns}
      list={list}
      openId={search.open}
      selection={selection}
      nameOf={({ id, kind, state }) => `${kind} ${shortId(id)}, ${text.states[state]}`}
      onOpen={({ id }) => void navigate({ search: { ...search, open: id }, replace: true })}
    />
  );
}

function NextRun({ job }: { job: Job }) {
  const text = useTextOf(words);
  if (hasEnded(job) || job.state === 'running') return '–';
  return job.run_at.startsWith(NEVER) ? text.never : <Ago time={job.run_at} />;
}

function Progress({ job }: { job: Job }) {
  const text = useTextOf(words);
  const { total, done = 0, failed = 0 } = progressOf(job.progress);
  if (total === undefined) return null;
  return (
    <span data-s={job.state}>
      <Meter batch={{ total, done, failed }} label={text.progress} />
      {done + failed} / {total}
    </span>
  );
}
