import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Event, ListedExecution, Verdict } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Facts, Fold, SidePanel } from '../../ui/side-panel.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

/** An address that is longer reaches no server. */
const LONGEST = 6_000;

/** One event: what is in it, what the triggers decided about it, and what it started. */
export function EventPanel({ id, onClose }: { id: string; onClose(): void }) {
  const text = useTextOf(words);
  const event = useQuery({
    queryKey: ['event', id],
    queryFn: ({ signal }) => api.events.retrieve(id, {}, { signal }),
    staleTime: 60_000,
  });
  const { data } = event;
  return (
    <SidePanel
      label={text.event(data?.event_type ?? shortId(id))}
      title={data?.event_type ?? shortId(id)}
      note={<Id id={id} />}
      onClose={onClose}
    >
      {data ? (
        <Detail event={data} />
      ) : (
        event.error && <Unread error={event.error} isPage={false} onRetry={() => void event.refetch()} />
      )}
    </SidePanel>
  );
}

function Detail({ event }: { event: Event }) {
  const text = useTextOf(words);
  const { source, received_at, occurred_at, trace_id, idempotency_key } = event;
  const maySeeExecutions = useAllowed('executions:read');
  const maySeeWorkflows = useAllowed('workflows:read');
  const maySeeStudio = useAllowed('studio:read');
  return (
    <>
      <Facts
        facts={[
          [
            text.source,
            <span key="source" className="anywhere">
              {source}
            </span>,
          ],
          [text.received, <Ago key="received" time={received_at} />],
          [text.occurred, <Ago key="occurred" time={occurred_at} />],
          idempotency_key !== null && [
            text.key,
            <code key="key" className="anywhere">
              {idempotency_key}
            </code>,
          ],
          [
            text.trace,
            <Link key="trace" to="/studio/correlation/" search={{ trace_id }}>
              {shortId(trace_id)}
            </Link>,
          ],
        ]}
      />
      {maySeeStudio && (
        <div className="actions">
          <Link className="btn small" to="/studio/tester/" search={testerOf(event)}>
            <Icon name="rule" />
            {text.test}
          </Link>
        </div>
      )}
      <Payload event={event} />
      {maySeeStudio && maySeeExecutions && maySeeWorkflows && <Verdicts event={event} />}
      {maySeeExecutions && <Started event={event} />}
    </>
  );
}

/** What it holds, without secrets; as it is for who may see that. */
function Payload({ event }: { event: Event }) {
  const text = useTextOf(words);
  const maySeeRaw = useAllowed('payloads:read_raw');
  const [isRaw, setRaw] = useState(false);
  const raw = useQuery({
    queryKey: ['event-raw', event.id],
    queryFn: ({ signal }) => api.events.retrieve(event.id, { raw: true }, { signal }),
    enabled: isRaw,
    gcTime: 0,
  });
  return (
    <Fold title={text.payload}>
      <JsonView value={(isRaw && raw.data ? raw.data : event).payload} label={text.payload} />
      <p className="raw">
        <Icon name="lock" size="s" />
        <span>{text.redacted}</span>
        {maySeeRaw && !isRaw && (
          <button type="button" className="link" onClick={() => setRaw(true)} title={text.rawNote}>
            {text.raw}
          </button>
        )}
        {raw.error && <span className="bad">{wordsOf(raw.error)}</span>}
      </p>
    </Fold>
  );
}

function Verdicts({ event }: { event: Event }) {
  const text = useTextOf(words);
  const trace = useQuery({
    queryKey: ['event-verdicts', event.id],
    queryFn: ({ signal }) => api.correlationExplorer.get({ trace_id: event.trace_id }, { signal }),
    // Asked again until it has been decided about.
    refetchInterval: ({ state }) => (of(state.data?.events, event)?.is_dispatched === false ? 2_000 : false),
  });
  const found = of(trace.data?.events, event);
  return (
    <Fold title={text.verdicts}>
      {trace.error ? (
        <p className="fold-in bad">{wordsOf(trace.error)}</p>
      ) : found?.verdicts.length ? (
        <ul className="lines small">
          {found.verdicts.map((verdict) => (
            <VerdictLine key={verdict.trigger_id} verdict={verdict} event={event} />
          ))}
        </ul>
      ) : (
        found && <p className="fold-in soft">{found.is_dispatched ? text.noVerdicts : text.waits}</p>
      )}
    </Fold>
  );
}

function of<Row extends { readonly id: string }>(rows: readonly Row[] | undefined, { id }: Event): Row | undefined {
  return rows?.find((row) => row.id === id);
}

function VerdictLine({ verdict, event }: { verdict: Verdict; event: Event }) {
  const text = useTextOf(words);
  const { match, error, note, workflow_name, filter, execution_id } = verdict;
  return (
    <li>
      <span className="v mild" data-v={match}>
        <Icon name={error ? 'warn' : match ? 'check' : 'x'} size="s" />
        {match ? text.matches : text.matchesNot}
      </span>
      <span className="flex-1 anywhere">
        {workflow_name}
        {(error ?? note) && <span className="soft"> {error ?? (note && text.notes[note])}</span>}
      </span>
      {execution_id && (
        <Link to="/studio/executions/$id/" params={{ id: execution_id }}>
          {shortId(execution_id)}
        </Link>
      )}
      {filter !== null && (
        <Link to="/studio/tester/" search={testerOf(event, filter)}>
          {text.testRule}
        </Link>
      )}
    </li>
  );
}

function Started({ event }: { event: Event }) {
  const text = useTextOf(words);
  const { data } = useQuery({
    queryKey: ['event-executions', event.id],
    queryFn: ({ signal }) => api.executions.list({ event_id: event.id, limit: 50 }, { signal }),
    refetchInterval: 2_000,
  });
  const rows: readonly ListedExecution[] = data?.results ?? [];
  return (
    <Fold title={text.executions}>
      {rows.length === 0 ? (
        data && <p className="fold-in soft">{text.noExecutions}</p>
      ) : (
        <ul className="lines small">
          {rows.map(({ id, status, workflow, workflow_id }) => (
            <li key={id}>
              <StatusPill status={status} />
              <Link className="cut flex-1" to="/studio/executions/$id/" params={{ id }}>
                {workflow?.name ?? workflow_id}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Fold>
  );
}

/** What the tester has in its address: the event, as far as it fits, and the rule. */
function testerOf({ id, event_type: type, source, payload, occurred_at }: Event, filter?: unknown) {
  const event = JSON.stringify({ id, type, source, payload, occurred_at }, null, 2);
  const rule = filter === undefined ? undefined : JSON.stringify(filter, null, 2);
  return {
    ...(event.length <= LONGEST ? { event } : { type }),
    ...(rule !== undefined && rule.length <= LONGEST && { rule }),
  };
}
