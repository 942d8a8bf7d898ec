import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Explorer } from 'automate-client';
import type { ReactNode } from 'react';
import { api } from '../../api.ts';
import { duration, shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonDiff } from '../../ui/json-diff.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { tookMs } from './aligned.ts';
import { StepPairs } from './step-pairs.tsx';
import { words } from './words.ts';

const LIVE_MS = 2_000;

/** Two executions side by side: facts, steps, what went in and what came out. */
export function ComparePage() {
  const text = useText();
  const own = useTextOf(words);
  const { a, b } = useParams({ from: '/studio/compare/$a/$b' });
  const [first, second] = [useOpened(a), useOpened(b)];
  useTitle(own.title);
  const failed = [first, second].find(({ data, error }) => error && !data);
  if (failed) return <Unread error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!first.data || !second.data)
    return (
      <div className="body stack pt-6" role="status" aria-label={text.states.loading}>
        <span className="bone on" />
        <span className="bone on" />
      </div>
    );
  return <Compared first={first.data} second={second.data} />;
}

function useOpened(id: string) {
  return useQuery({
    queryKey: ['compared', id],
    queryFn: ({ signal }) => api.executionExplorer.get(id, {}, { signal }),
    refetchInterval: ({ state: { data } }) => (data?.execution.finished_at ? false : LIVE_MS),
  });
}

interface TwoProps {
  readonly first: Explorer;
  readonly second: Explorer;
}

function Compared({ first, second }: TwoProps) {
  const text = useText();
  const own = useTextOf(words);
  const data = [
    [text.execution.input, first.event?.payload ?? null, second.event?.payload ?? null],
    [text.execution.output, first.execution.output, second.execution.output],
    [text.execution.error, first.execution.error, second.execution.error],
  ] as const;
  return (
    <>
      <div className="xhead">
        <div className="row wrap">
          <h1 className="cut">{own.title}</h1>
        </div>
        {first.execution.workflow_id !== second.execution.workflow_id && (
          <p className="call" data-s="info">
            <Icon name="info" />
            <span>{own.otherWorkflow}</span>
          </p>
        )}
      </div>
      <div className="panel compare">
        <Facts first={first} second={second} />
        <StepPairs first={first} second={second} />
        <div className="two">
          {data.map(
            ([title, before, after]) =>
              (before !== null || after !== null) && (
                <section key={title} className="card" aria-label={title}>
                  <header className="lined">
                    <h2>{title}</h2>
                  </header>
                  {JSON.stringify(before) === JSON.stringify(after) && <p className="fold-in pt-3 soft">{own.dataSame}</p>}
                  <JsonDiff before={before} after={after} label={title} />
                </section>
              ),
          )}
        </div>
      </div>
    </>
  );
}

function Facts({ first, second }: TwoProps) {
  const text = useText();
  const own = useTextOf(words);
  const isReplay = second.links.replay_of === first.execution.id;
  const facts: readonly (readonly [name: string, of: (opened: Explorer) => ReactNode])[] = [
    [
      text.executions.id,
      ({ execution: { id } }) => (
        <Link to="/studio/executions/$id/" params={{ id }} className="id" title={id}>
          {shortId(id)}
        </Link>
      ),
    ],
    [text.executions.workflow, ({ execution }) => execution.workflow?.name ?? shortId(execution.workflow_id)],
    [text.execution.version, ({ execution }) => execution.workflow_version],
    [text.executions.status, ({ execution }) => <StatusPill status={execution.status} />],
    [text.executions.started, ({ execution }) => <Ago time={execution.created_at} />],
    [text.executions.duration, ({ execution }) => durationOf(execution)],
    [own.steps, ({ step_count: count }) => count.toLocaleString()],
  ];
  return (
    <section className="card" aria-labelledby="h-facts">
      <header className="lined">
        <h2 id="h-facts">{own.facts}</h2>
      </header>
      <div className="table-box">
        <table className="table compare-facts">
          <thead>
            <tr>
              <th scope="col">{own.fact}</th>
              <th scope="col">{isReplay ? own.originalOf : own.first}</th>
              <th scope="col">{isReplay ? own.replayOf : own.second}</th>
            </tr>
          </thead>
          <tbody>
            {facts.map(([name, of]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="cut">{of(first)}</td>
                <td className="cut">{of(second)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function durationOf(execution: Explorer['execution']): string {
  const took = tookMs(execution);
  return took === undefined ? '–' : duration(took);
}
