import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ModelCall } from 'automate-client';
import { api } from '../../api.ts';
import { toStudio } from '../../data/pages.ts';
import { duration, shortId } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { dollars } from '../../ui/dollars.ts';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Facts, Fold, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { CallStatus } from './call-status.tsx';
import { words } from './words.ts';

/** One call in detail: who was asked, what it took, and what was said, where the endpoint keeps it. */
export function CallPanel({ id, onClose }: { id: string; onClose(): void }) {
  const text = useTextOf(words);
  const {
    data: call,
    error,
    refetch,
  } = useQuery({
    queryKey: ['call', id],
    queryFn: ({ signal }) => api.modelCalls.retrieve(id, {}, { signal }),
  });
  return (
    <SidePanel
      label={text.call(shortId(id))}
      title={call?.model ?? text.call(shortId(id))}
      note={<Id id={id} />}
      onClose={onClose}
    >
      {call ? <Detail call={call} /> : error && <Unread error={error} isPage={false} onRetry={() => void refetch()} />}
    </SidePanel>
  );
}

function Detail({ call }: { call: ModelCall }) {
  const text = useTextOf(words);
  const { endpoint, provider, provider_model: model, prompt_id: prompt, prompt_version: version, trace_id: trace } = call;
  return (
    <>
      <Facts
        facts={[
          [text.status, <CallStatus key="status" status={call.status} />],
          [text.when, <Ago key="when" time={call.created_at} />],
          [text.task, call.task],
          endpoint !== null && [
            text.of.endpoint,
            <Link key="endpoint" to={toStudio(`endpoints/${call.endpoint_id}`)}>
              {endpoint}
            </Link>,
          ],
          provider !== null && [text.answeredBy, `${provider}/${model ?? ''}`],
          [text.took, duration(call.latency_ms)],
          call.first_byte_ms !== null && [text.firstByte, duration(call.first_byte_ms)],
          [text.cost, dollars(call.cost_nanos)],
          [text.caller, <code key="caller">{call.caller}</code>],
          [
            text.protocol,
            `${call.protocol}${call.is_streamed ? `, ${text.streamed}` : ''}${call.is_cached ? `, ${text.cached}` : ''}`,
          ],
          prompt !== null && [
            text.of.prompt,
            <Link key="prompt" to={toStudio(`prompts/${prompt}`)}>
              {text.version(version ?? 0)}
            </Link>,
          ],
          call.execution_id !== null && [
            text.execution,
            <Link key="execution" to="/studio/executions/$id/" params={{ id: call.execution_id }}>
              {shortId(call.execution_id)}
            </Link>,
          ],
          [
            text.of.trace,
            <Link key="trace" to="/studio/correlation/" search={{ trace_id: trace }}>
              {shortId(trace)}
            </Link>,
          ],
        ]}
      />
      {call.error_code !== null && (
        <div className="fold-in">
          <p className="call" data-s="failed">
            <Icon name="failed" />
            <span className="anywhere">
              <strong>{call.error_code}</strong>
              <br />
              {call.error_detail}
            </span>
          </p>
        </div>
      )}
      <Fold title={text.tokens}>
        <Tokens call={call} />
      </Fold>
      {call.attempts.length > 0 && (
        <Fold title={text.attempts}>
          <JsonView value={call.attempts} label={text.attempts} />
        </Fold>
      )}
      {call.findings.length > 0 && (
        <Fold title={text.findings}>
          <JsonView value={call.findings} label={text.findings} />
        </Fold>
      )}
      <Bodies id={call.id} />
    </>
  );
}

function Tokens({ call }: { call: ModelCall }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const classes = ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'reasoning_tokens'] as const;
  return <Facts facts={classes.map((name) => [text.classes[name], call[name].toLocaleString(language)] as const)} />;
}

/** What was asked and answered, redacted when it was kept. */
function Bodies({ id }: { id: string }) {
  const text = useTextOf(words);
  const { data, error, refetch } = useQuery({
    queryKey: ['call-bodies', id],
    queryFn: ({ signal }) => api.modelCalls.bodies(id, {}, { signal }),
  });
  if (error) return <Unread error={error} isPage={false} onRetry={() => void refetch()} />;
  if (!data) return null;
  if (data.request === null && data.response === null) return <p className="fold-in soft small">{text.notKept}</p>;
  return (
    <>
      {(['request', 'response'] as const).map(
        (side) =>
          data[side] !== null && (
            <Fold key={side} title={text.bodies[side]}>
              <JsonView value={data[side]} label={text.bodies[side]} />
            </Fold>
          ),
      )}
    </>
  );
}
