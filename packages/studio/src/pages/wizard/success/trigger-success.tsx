import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, wordsOf } from '../../../api.ts';
import { useAllowed } from '../../../data/session.ts';
import { isObject } from '../../../form/pointer.ts';
import { SchemaForm, type SchemaFormHandle } from '../../../form/schema-form.tsx';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { words } from '../words.ts';
import { Frame, type SuccessProps } from './frame.tsx';
import { Run } from './run.tsx';

/** How long after the event its execution is looked for. */
const PATIENCE_MS = 8_000;

/** A test event, and what it starts. */
export function TriggerSuccess(props: SuccessProps) {
  const text = useTextOf(words).trigger;
  const { reply } = props.made;
  const maySend = useAllowed('events:write');
  const form = useRef<SchemaFormHandle>(null);
  const [event, setEvent] = useState<unknown>({ event_type: sampleOf(String(reply.event_type)), payload: { amount: 120 } });
  const sent = useMutation({
    mutationFn: async () => {
      const { event_type, payload } = event as { event_type: string; payload: Record<string, unknown> };
      const receipt = await api.events.create({ event_type, payload });
      return { ...(isObject(receipt) ? (receipt as { trace_id: string }) : { trace_id: '' }), at: Date.now() };
    },
  });
  const schema = {
    type: 'object',
    properties: {
      event_type: { type: 'string', title: text.type, minLength: 1 },
      payload: { type: 'object', title: text.payload },
    },
    required: ['event_type', 'payload'],
  };
  return (
    <Frame {...props} title={text.done(String(reply.event_type), String(reply.name))}>
      {!maySend && <p className="soft">{text.mayNot}</p>}
      {maySend && (
        <form
          className="stack"
          aria-label={text.test}
          onSubmit={(submitted) => {
            submitted.preventDefault();
            if (form.current?.check()) sent.mutate();
          }}
        >
          <SchemaForm ref={form} schema={schema} value={event} onChange={setEvent} idPrefix="event" />
          <p>
            <button type="submit" className="btn primary" aria-busy={sent.isPending} disabled={sent.isPending}>
              <Icon name={sent.isPending ? 'running' : 'send'} />
              {text.test}
            </button>
          </p>
        </form>
      )}
      {sent.error && (
        <p className="call" data-s="failed" role="alert">
          <Icon name="failed" />
          {wordsOf(sent.error)}
        </p>
      )}
      {sent.data && <Started key={sent.data.at} trace={sent.data.trace_id} since={sent.data.at} workflow={String(reply.id)} />}
    </Frame>
  );
}

function Started({ trace, since, workflow }: { trace: string; since: number; workflow: string }) {
  const text = useTextOf(words).trigger;
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['wizard', 'started', trace, since],
    queryFn: ({ signal }) => api.executions.list({ trace_id: trace, workflow_id: workflow, limit: 1 }, { signal }),
    refetchInterval: ({ state }) => (state.data?.results.length || Date.now() - since > PATIENCE_MS ? false : 300),
  });
  const id = data?.results[0]?.id;
  if (id === undefined)
    return (
      <p className="soft" role="status">
        {dataUpdatedAt - since > PATIENCE_MS ? text.nothing : text.sent}
      </p>
    );
  return (
    <>
      <p className="good row" role="status">
        <Icon name="succeeded" size="s" />
        {text.started}
      </p>
      <Run id={id} />
    </>
  );
}

/** A type that fits. @example sampleOf('order.*') // 'order.created' */
function sampleOf(pattern: string): string {
  return pattern === '*' ? 'test.event' : pattern.replace(/\*$/, 'created');
}
