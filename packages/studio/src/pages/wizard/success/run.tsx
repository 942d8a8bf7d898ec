import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../../api.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { StatusPill } from '../../../ui/status.tsx';
import { words } from '../words.ts';

const LOOK_MS = 400;
const SHOWN = 20;

/** An execution, live: its state and its steps. */
export function Run({ id }: { id: string }) {
  const text = useTextOf(words).workflow;
  const { data } = useQuery({
    queryKey: ['wizard', 'run', id],
    queryFn: ({ signal }) => api.executions.retrieve(id, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.finished_at ? false : state.data?.status === 'waiting' ? 2_000 : LOOK_MS),
  });
  return (
    <section className="stack" aria-label={text.running}>
      <p className="row wrap" role="status">
        <b>{text.running}</b>
        {data && <StatusPill status={data.status} />}
        {data?.error && <span className="bad">{data.error.message}</span>}
      </p>
      {data?.status === 'waiting' && <p className="soft">{text.waits}</p>}
      <ol className="lines make-run" aria-label={text.steps}>
        {(data?.steps ?? []).slice(0, SHOWN).map(({ node, iteration, status }) => (
          <li key={`${node} ${iteration}`}>
            <StatusPill status={status} isBare />
            <span className="mono cut">
              {node}
              {iteration > 0 && ` ${iteration}`}
            </span>
          </li>
        ))}
      </ol>
      <p>
        <Link className="btn" to="/studio/executions/$id/" params={{ id }}>
          <Icon name="executions" />
          {text.open}
        </Link>
      </p>
    </section>
  );
}
