import type { Correlation } from 'automate-client';
import { exactTime } from '../../format.ts';
import { useText, useTextOf, useWords } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { Ago } from '../../ui/time.tsx';
import { TraceField } from './trace-field.tsx';
import { isLive, type TraceNode } from './trace-tree.ts';
import { words } from './words.ts';

interface TraceHeadProps {
  readonly trace: Correlation;
  readonly parts: readonly TraceNode[];
  readonly isOffline: boolean;
  readonly readAt: number;
}

/** Which trace it is, when it was, how much it holds, and how it went. */
export function TraceHead({ trace, parts, isOffline, readAt }: TraceHeadProps) {
  const text = useText();
  const own = useTextOf(words);
  const { language } = useWords();
  const failures = trace.executions.filter(({ status }) => status === 'failed').length;
  const times = parts.flatMap(({ from, to }) => [from ?? [], to ?? []].flat());
  const [begin, end] = times.length > 0 ? [least(times), most(times)] : [undefined, undefined];
  const hosts = new Set(parts.flatMap(({ part }) => (part.kind === 'request' ? part.request.host : []))).size;
  return (
    <div className="xhead">
      <div className="row wrap">
        <h1 className="cut">{trace.events[0]?.event_type ?? trace.executions[0]?.workflow_name ?? own.title}</h1>
        {failures > 0 && (
          <span className="status big" data-s="failed">
            <Icon name="failed" />
            {own.failures(failures)}
          </span>
        )}
        <Id id={trace.trace_id} />
        {(isLive(trace) || isOffline) && <LiveState isOffline={isOffline} readAt={readAt} />}
        <span className="push">
          <TraceField />
        </span>
      </div>
      {begin !== undefined && end !== undefined && (
        <dl className="xfacts" aria-label={text.execution.facts}>
          <div>
            <dt>{own.began}</dt>
            <dd>
              <Ago time={new Date(begin).toISOString()} />
            </dd>
          </div>
          <div>
            <dt>{own.until}</dt>
            <dd>{exactTime(end, language)}</dd>
          </div>
          <div>
            <dt>{own.spans}</dt>
            <dd>{parts.length.toLocaleString(language)}</dd>
          </div>
          {hosts > 0 && (
            <div>
              <dt>{own.hosts}</dt>
              <dd>{own.hostCount(hosts)}</dd>
            </div>
          )}
        </dl>
      )}
    </div>
  );
}

function least(times: readonly number[]): number {
  return times.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

function most(times: readonly number[]): number {
  return times.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
}
