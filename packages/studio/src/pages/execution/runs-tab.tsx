import { Link } from '@tanstack/react-router';
import type { Explorer } from 'automate-client';
import { shortId } from '../../format.ts';
import type { Status } from '../../status.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

interface Run {
  readonly id: string;
  readonly what: string;
  readonly name?: string | null;
  readonly status?: Status;
  readonly created_at?: string;
}

/** What belongs to an execution: what it is a replay of, its replays, what has started it, and what it has started. */
export function Runs({ opened: { execution, links } }: { opened: Explorer }) {
  const text = useText();
  const own = useTextOf(words);
  const name = execution.workflow?.name ?? null;
  const runs: readonly Run[] = [
    ...(links.parent ? [{ id: links.parent.execution_id, what: own.parent }] : []),
    ...(links.replay_of ? [{ id: links.replay_of, what: own.original }] : []),
    { ...execution, what: own.this, name },
    ...links.replays.map((run) => ({ ...run, what: own.replayed, name: run.workflow_name })),
    ...links.children.map((run) => ({ ...run, what: own.child, name: run.workflow_name })),
  ];
  return (
    <div className="panel">
      <section className="card" aria-labelledby="h-runs">
        <header className="lined">
          <h2 id="h-runs">{own.everyRun}</h2>
        </header>
        <div className="table-box">
          <table className="table blocks plain-blocks">
            <thead>
              <tr>
                <th scope="col">{own.run}</th>
                <th scope="col">{text.executions.status}</th>
                <th scope="col">{own.what}</th>
                <th scope="col">{text.executions.workflow}</th>
                <th scope="col" className="num">
                  {text.executions.started}
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map(({ id, what, name: of, status, created_at }) => (
                <tr key={id} aria-selected={id === execution.id}>
                  <th scope="row">
                    <Link to="/studio/executions/$id/" params={{ id }} className="id" title={id}>
                      {shortId(id)}
                    </Link>
                  </th>
                  <td>{status && <StatusPill status={status} />}</td>
                  <td>{what}</td>
                  <td className="cut">{of}</td>
                  <td className="num soft">{created_at && <Ago time={created_at} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {runs.length === 1 && (
          <footer>
            <Icon name="info" size="s" />
            {own.noRuns}
          </footer>
        )}
      </section>
    </div>
  );
}
