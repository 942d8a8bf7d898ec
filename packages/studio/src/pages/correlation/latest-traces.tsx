import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api.ts';
import { shortId } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

const LOOKED_AT = 50;
const SHOWN = 20;
const LIVE_MS = 3_000;

/** Traces of the latest executions, each once. */
export function LatestTraces() {
  const text = useText();
  const own = useTextOf(words);
  const { data, error, refetch } = useQuery({
    queryKey: ['latest-traces'],
    queryFn: ({ signal }) => api.executions.list({ limit: LOOKED_AT }, { signal }),
    refetchInterval: LIVE_MS,
  });
  if (!data) {
    if (error) return <Unread error={error} isPage={false} onRetry={() => void refetch()} />;
    return <div className="body stack" role="status" aria-label={text.states.loading} />;
  }
  const traces = [...Map.groupBy(data.results, ({ trace_id: id }) => id)].slice(0, SHOWN);
  if (traces.length === 0) return <Empty icon="trace" title={own.noTraces} note={own.noTracesNote} />;
  return (
    <div className="panel">
      <section className="card" aria-labelledby="h-latest">
        <header className="lined">
          <h2 id="h-latest">{own.latest}</h2>
        </header>
        <div className="table-box">
          <table className="table blocks plain-blocks">
            <thead>
              <tr>
                <th scope="col">{own.openLabel}</th>
                <th scope="col">{text.executions.workflow}</th>
                <th scope="col">{text.executions.status}</th>
                <th scope="col" className="num">
                  {text.executions.started}
                </th>
              </tr>
            </thead>
            <tbody>
              {traces.map(([id, executions]) => {
                const newest = executions[0];
                const failed = executions.find(({ status }) => status === 'failed') ?? newest;
                return (
                  <tr key={id}>
                    <th scope="row">
                      <Link to="/studio/correlation/" search={{ trace_id: id }} className="id" title={id}>
                        {shortId(id)}
                      </Link>
                    </th>
                    <td className="cut">
                      {[...new Set(executions.map(({ workflow }) => workflow?.name ?? '–'))].slice(0, 3).join(', ')}
                    </td>
                    <td>{failed && <StatusPill status={failed.status} />}</td>
                    <td className="num soft">{newest && <Ago time={newest.created_at} />}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}
