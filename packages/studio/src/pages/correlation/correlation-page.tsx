import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Correlation } from 'automate-client';
import { useMemo } from 'react';
import { api } from '../../api.ts';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LatestTraces } from './latest-traces.tsx';
import type { TraceSearch } from './search.ts';
import { TraceField } from './trace-field.tsx';
import { TraceGrid } from './trace-grid.tsx';
import { TraceHead } from './trace-head.tsx';
import { TraceKinds } from './trace-kinds.tsx';
import { TracePanel } from './trace-panel.tsx';
import { isLive, type Kind, kinds, partsOf, type TraceNode, traceTree } from './trace-tree.ts';
import { words } from './words.ts';

const LIVE_MS = 1_500;

/** What one cause did: events, rules, executions, steps, requests, jobs and the record, on one time axis. */
export function CorrelationPage() {
  const own = useTextOf(words);
  const { trace_id: traceId } = useSearch({ from: '/studio/correlation' });
  useTitle(traceId === undefined ? own.title : own.traceTitle(shortId(traceId)));
  return traceId === undefined ? <Start /> : <Trace key={traceId} traceId={traceId} />;
}

function Start() {
  const own = useTextOf(words);
  return (
    <>
      <div className="xhead">
        <h1>{own.title}</h1>
        <p className="soft">{own.intro}</p>
        <TraceField isLarge />
      </div>
      <LatestTraces />
    </>
  );
}

function Trace({ traceId }: { traceId: string }) {
  const text = useText();
  const { data, error, refetch, isLoading, dataUpdatedAt } = useQuery({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => api.correlationExplorer.get({ trace_id: traceId }, { signal }),
    // A trace grows as long as something of it runs; once nothing does, it is still looked at now and then, since an event may follow.
    refetchInterval: ({ state }) => (state.data && !isLive(state.data) ? LIVE_MS * 10 : LIVE_MS),
  });
  if (!data) {
    if (error) return <Unread error={error} onRetry={() => void refetch()} />;
    return <div className="body stack pt-6" role="status" aria-label={text.states.loading} aria-busy={isLoading} />;
  }
  return <Shown trace={data} isOffline={error !== null} readAt={dataUpdatedAt} />;
}

interface ShownProps {
  readonly trace: Correlation;
  readonly isOffline: boolean;
  readonly readAt: number;
}

function Shown({ trace, isOffline, readAt }: ShownProps) {
  const own = useTextOf(words);
  const search = useSearch({ from: '/studio/correlation' });
  const navigate = useNavigate({ from: '/studio/correlation' });
  const change = (next: TraceSearch) => void navigate({ search: next, replace: true });
  const tree = useMemo(() => traceTree(trace), [trace]);
  const parts = useMemo(() => [...partsOf(tree)], [tree]);
  const { at, ...rest } = search;
  const without = useMemo(() => hiddenKinds(search.without), [search.without]);
  const chosen = parts.find(({ key }) => key === at);
  return (
    <>
      <TraceHead trace={trace} parts={parts} isOffline={isOffline} readAt={readAt} />
      {parts.length === 0 ? (
        <Empty icon="trace" title={own.nothing} note={own.nothingNote} />
      ) : (
        <>
          <TraceKinds parts={parts} without={without} search={search} onChange={change} />
          {trace.is_truncated && (
            <p className="call trace-cut" data-s="info">
              <Icon name="info" />
              <span>{own.truncated}</span>
            </p>
          )}
          <div className={chosen ? 'split' : 'split slim'}>
            <TraceGrid
              tree={tree}
              without={without}
              isLive={isLive(trace)}
              at={at}
              closesGaps={search.gaps !== 'open'}
              onOpen={(node: TraceNode) => change({ ...search, at: node.key })}
            />
            {chosen && <TracePanel node={chosen} onClose={() => change(rest)} />}
          </div>
        </>
      )}
    </>
  );
}

function hiddenKinds(without: string | undefined): ReadonlySet<Kind> {
  const named = new Set(without?.split(','));
  return new Set(kinds.filter((kind) => named.has(kind)));
}
