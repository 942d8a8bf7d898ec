import { useMutation, useQuery } from '@tanstack/react-query';
import type { Job, MasterKey } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { hasEnded } from '../../data/batches.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

const ASK_MS = 1_000;

/** What the keys of all secrets are wrapped with, and how far a rotation is. */
export function MasterKeys({ mayRotate }: { mayRotate: boolean }) {
  const text = useTextOf(words);
  const [jobId, setJobId] = useState<string>();
  const { data: job } = useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) => api.jobs.retrieve(jobId ?? '', {}, { signal }),
    enabled: jobId !== undefined,
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : ASK_MS),
  });
  const keys = useQuery({
    queryKey: ['master-keys'],
    queryFn: ({ signal }) => api.masterKeys.list({}, { signal }),
    refetchInterval: ({ state }) => (jobId && !hasStopped(job) && leftOf(state.data?.results) > 0 ? ASK_MS : 5_000),
  });
  const rotate = useMutation({
    mutationFn: () => api.masterKeys.rotate(),
    onSuccess: async ({ job_id }) => {
      // Before the new key is there, nothing waits for it.
      await keys.refetch();
      setJobId(job_id);
    },
  });
  if (!keys.data) return keys.error ? <Unread error={keys.error} isPage={false} onRetry={() => void keys.refetch()} /> : null;
  return (
    <div className="body stack pt-4">
      {mayRotate && (
        <section className="card">
          <div className="in even stack">
            <p>{text.rotateMasterNote}</p>
            <p>
              <button type="button" className="btn" disabled={rotate.isPending} onClick={() => rotate.mutate()}>
                <Icon name={rotate.isPending ? 'running' : 'replay'} />
                {text.rotateMaster}
              </button>
            </p>
            {rotate.error && (
              <p className="call" data-s="failed" role="alert">
                <Icon name="failed" />
                <span>{wordsOf(rotate.error)}</span>
              </p>
            )}
            {jobId && <Progress job={job} left={leftOf(keys.data.results)} />}
          </div>
        </section>
      )}
      <section className="card table-box" tabIndex={0} aria-label={text.masterLabel}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.version}</th>
              <th scope="col">{text.state}</th>
              <th scope="col" className="num">
                {text.values}
              </th>
              <th scope="col" className="num">
                {text.made}
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.data.results.map(({ version, created_at, retired_at, values, is_held }) => (
              <tr key={version}>
                <th scope="row">{text.masterVersion(version)}</th>
                <td>{!is_held ? text.destroyed : retired_at ? text.retired : text.current}</td>
                <td className="num">{values}</td>
                <td className="num soft">
                  <Ago time={created_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

/** How many keys of secrets are not wrapped with the newest master key. */
function leftOf(keys: readonly MasterKey[] = []): number {
  return keys.reduce((sum, { retired_at, values }, index) => sum + (index === 0 && !retired_at ? 0 : values), 0);
}

function hasStopped(job: Job | undefined): boolean {
  return job?.state === 'failed' || job?.state === 'cancelled';
}

/** How many keys of secrets still wait for it; when none does, what is left is to destroy the old ones. */
function Progress({ job, left }: { job: Job | undefined; left: number }) {
  const text = useTextOf(words);
  const isFailed = hasStopped(job);
  const look = isFailed ? 'failed' : left === 0 ? 'succeeded' : 'running';
  return (
    <p className="call" data-s={look} role="status">
      <Icon name={look} />
      <span>{isFailed ? text.rotationFailed : left === 0 ? text.rotatedAll : text.rotating(left)}</span>
    </p>
  );
}
