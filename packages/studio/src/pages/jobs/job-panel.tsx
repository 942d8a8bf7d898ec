import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { hasEnded, progressOf } from '../../data/batches.ts';
import { useAllowed } from '../../data/session.ts';
import { duration, shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Failures, Meter } from '../../ui/batch-progress.tsx';
import { Id } from '../../ui/copy.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Facts, Fold, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { JobState } from './job-state.tsx';
import { useJob } from './rows.ts';
import { words } from './words.ts';

/** Jobs that wait to be notified have a time that never comes. */
export const NEVER = '9999';

/** One job in detail, with its progress as it goes on. */
export function JobPanel({ id, onClose }: { id: string; onClose(): void }) {
  const text = useTextOf(words);
  const { data: job, error, refetch } = useJob(id);
  return (
    <SidePanel label={text.job(shortId(id))} title={job?.kind ?? text.job(shortId(id))} note={<Id id={id} />} onClose={onClose}>
      {job ? <Detail job={job} /> : error && <Unread error={error} isPage={false} onRetry={() => void refetch()} />}
    </SidePanel>
  );
}

function Detail({ job }: { job: Job }) {
  const text = useTextOf(words);
  const { kind, attempts, max_attempts, lane, run_at, priority, trace_id, error, progress } = job;
  const { created_at, started_at, finished_at } = job;
  const batch = progressOf(progress);
  return (
    <>
      <Facts
        facts={[
          [text.state, <JobState key="state" job={job} />],
          [text.attempts, `${attempts} / ${max_attempts}`],
          [text.priority, priority],
          [text.lane, <Lane key="lane" lane={lane} />],
          !hasEnded(job) && [text.nextRun, run_at.startsWith(NEVER) ? text.never : <Ago key="next" time={run_at} />],
          [text.made, <Ago key="made" time={created_at} />],
          started_at !== null && [text.began, <Ago key="began" time={started_at} />],
          finished_at !== null && [text.ended, <Ago key="ended" time={finished_at} />],
          started_at !== null && finished_at !== null && [text.took, duration(Date.parse(finished_at) - Date.parse(started_at))],
          kind === 'execution' && [
            text.execution,
            <Link key="execution" to="/studio/executions/$id/" params={{ id: job.id }}>
              {shortId(job.id)}
            </Link>,
          ],
          [
            text.trace,
            <Link key="trace" to="/studio/correlation/" search={{ trace_id }}>
              {shortId(trace_id)}
            </Link>,
          ],
        ]}
      />
      <Actions job={job} />
      {error && (
        <div className="fold-in">
          <p className="call" data-s="failed">
            <Icon name="failed" />
            <span className="anywhere">
              <strong>{error.code}</strong>
              <br />
              {error.message}
            </span>
          </p>
        </div>
      )}
      {progress && (
        <Fold title={text.progress}>
          {batch.total !== undefined && (
            <div className="fold-in batch-in">
              <Meter batch={{ total: batch.total, done: batch.done ?? 0, failed: batch.failed ?? 0 }} label={text.progress} />
              {batch.failures && <Failures failures={batch.failures} failed={batch.failed ?? 0} />}
            </div>
          )}
          <JsonView value={progress} label={text.progress} />
        </Fold>
      )}
    </>
  );
}

function Lane({ lane }: { lane: string }) {
  const text = useTextOf(words);
  return /^[0-9a-f-]{36}$/.test(lane) ? <span title={lane}>{text.laneOwn}</span> : <code>{lane}</code>;
}

function Actions({ job }: { job: Job }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const mayWrite = useAllowed('jobs:write');
  const act = useMutation({
    mutationFn: async (action: 'cancel' | 'redrive') => {
      await (action === 'cancel' ? api.jobs.cancel(job.id) : api.jobs.redrive(job.id));
      return action;
    },
    onSuccess(action) {
      say(action === 'cancel' ? text.cancelled : text.redriven);
      void client.invalidateQueries({ queryKey: ['job', job.id] });
    },
    onError: (error) => say(wordsOf(error), { status: 'failed' }),
  });
  if (!mayWrite) return null;
  return (
    <div className="actions">
      {!hasEnded(job) && (
        <button type="button" className="btn small danger" disabled={act.isPending} onClick={() => act.mutate('cancel')}>
          <Icon name="cancelled" />
          {text.cancel}
        </button>
      )}
      {job.state === 'failed' && (
        <button type="button" className="btn small" disabled={act.isPending} onClick={() => act.mutate('redrive')}>
          <Icon name="retrying" />
          {text.redrive}
        </button>
      )}
    </div>
  );
}
