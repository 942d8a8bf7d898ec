import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Welcome } from 'automate-client';
import type { ReactNode } from 'react';
import { api, wordsOf } from '../../api.ts';
import { mount } from '../../base.ts';
import { useSample } from '../../data/sample.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { words } from './words.ts';

export interface Place {
  readonly number: number;
  readonly is: 'done' | 'now' | 'later';
}

function Step({ of: { number, is }, title, note, children }: { of: Place; title: string; note: string; children?: ReactNode }) {
  const text = useTextOf(words);
  return (
    <li className="w-step" data-is={is}>
      <span className="w-n" aria-hidden="true">
        {is === 'done' ? <Icon name="check" size="s" /> : number}
      </span>
      <div>
        <h3>
          {title}
          {is === 'done' && <span className="sr">, {text.done}</span>}
        </h3>
        <p className="soft">{note}</p>
        {children}
      </div>
    </li>
  );
}

function Failure({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <div className="call" data-s="failed" role="alert">
      <Icon name="failed" />
      <div>{wordsOf(error)}</div>
    </div>
  );
}

export function UpStep({ of }: { of: Place }) {
  const text = useTextOf(words);
  return <Step of={of} title={text.up} note={text.upNote} />;
}

export function RunStep({ of, welcome }: { of: Place; welcome: Welcome }) {
  const text = useTextOf(words);
  const { run, canRun, isThere } = useSample(welcome);
  const isDone = of.is === 'done';
  return (
    <Step of={of} title={text.run} note={text.runNote}>
      {!isDone && welcome.sample && <Flow sample={welcome.sample} />}
      {canRun ? (
        <div className="row wrap">
          <button
            type="button"
            className={isDone ? 'btn' : 'btn primary large'}
            aria-busy={run.isPending}
            disabled={run.isPending}
            onClick={() => run.mutate()}
          >
            <Icon name={run.isPending ? 'running' : 'play'} />
            {run.isPending ? text.running : isDone ? text.again : isThere ? text.run : text.makeAndRun}
          </button>
          {run.data && (
            <Link className="link" to="/studio/executions/$id/" params={{ id: run.data }}>
              {text.watchIt}
              <Icon name="right" size="s" />
            </Link>
          )}
        </div>
      ) : (
        !isDone && <p className="soft small">{text.noRun}</p>
      )}
      {run.isSuccess && !run.data && (
        <p className="soft small" role="status">
          {text.slow}
        </p>
      )}
      <Failure error={run.error} />
    </Step>
  );
}

/** Event, rule, workflow: the way of the sample. */
function Flow({ sample }: { sample: NonNullable<Welcome['sample']> }) {
  const text = useTextOf(words);
  const nodes = (sample.workflow.graph as { readonly nodes?: readonly unknown[] } | undefined)?.nodes ?? [];
  const stations: readonly (readonly [kind: string, icon: IconName, name: string, what: string])[] = [
    ['event', 'event', String(sample.event.event_type), text.event],
    ['rule', 'rule', text.ruleText, text.rule],
    ['step', 'workflow', sample.name, text.workflow(nodes.length)],
  ];
  return (
    <ol className="w-flow" aria-label={text.flow}>
      {stations.map(([kind, icon, name, what]) => (
        <li key={kind}>
          <span className="kind big" data-k={kind}>
            <Icon name={icon} />
          </span>
          <span>
            <b>{name}</b>
            <small>{what}</small>
          </span>
        </li>
      ))}
    </ol>
  );
}

export function WatchStep({ of, executionId }: { of: Place; executionId: string | null }) {
  const text = useTextOf(words);
  return (
    <Step of={of} title={text.watch} note={text.watchNote}>
      {executionId && (
        <div className="row">
          <Link className="btn" to="/studio/executions/$id/" params={{ id: executionId }}>
            <Icon name="executions" />
            {text.watchIt}
          </Link>
        </div>
      )}
    </Step>
  );
}

/** A key that may send events; its value stays on the page as long as the page does. */
export function KeyStep({ of, value, onMade }: { of: Place; value: string | undefined; onMade(key: string): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const mayMake = useAllowed('api_keys:write');
  const make = useMutation({
    mutationFn: () => api.apiKeys.create({ name: text.keyName, scopes: ['events:write'] }),
    onSuccess: ({ key }) => {
      onMade(key);
      return client.invalidateQueries({ queryKey: ['welcome'] });
    },
  });
  return (
    <Step of={of} title={text.key} note={text.keyNote}>
      {value ? (
        <div className="shown-once">
          <div className="code">
            <header>
              <span>{text.keyOnce}</span>
              <span className="push">
                <CopyButton what={value} label={text.copyKey} />
              </span>
            </header>
            <pre role="group" tabIndex={0} aria-label={text.key}>
              {value}
            </pre>
          </div>
        </div>
      ) : (
        <div className="row wrap">
          {mayMake && (
            <button type="button" className="btn" disabled={make.isPending} onClick={() => make.mutate()}>
              <Icon name="key" />
              {text.makeKey}
            </button>
          )}
          {of.is === 'done' && (
            <PlaceLink path="api-keys" className="link">
              {text.allKeys}
            </PlaceLink>
          )}
        </div>
      )}
      <Failure error={make.error} />
    </Step>
  );
}

/** The event of the sample, to be sent from a terminal. @param apiKey the one that was just made */
export function SendStep({ of, welcome, apiKey }: { of: Place; welcome: Welcome; apiKey: string | undefined }) {
  const text = useTextOf(words);
  if (!welcome.sample) return <Step of={of} title={text.send} note={text.sendNote} />;
  const url = `${location.origin}${mount}api/v1/events/`;
  const body = JSON.stringify(welcome.sample.event).replaceAll("'", "'\\''");
  const key = apiKey ?? '$AUTOMATE_KEY';
  const command = `curl ${url} \\\n  -H "Authorization: Bearer ${key}" \\\n  -H "Content-Type: application/json" \\\n  -d '${body}'`;
  return (
    <Step of={of} title={text.send} note={text.sendNote}>
      {!apiKey && <p className="soft small">{text.sendKey}</p>}
      <div className="code">
        <header>
          <span>&nbsp;curl</span>
          <span className="push">
            <CopyButton what={command} label={text.copyCommand} />
          </span>
        </header>
        <pre role="group" tabIndex={0} aria-label={text.command}>
          {command}
        </pre>
      </div>
      {of.is !== 'done' && (
        <p className="w-wait" role="status">
          <span className="status bare" data-s="running">
            <Icon name="running" />
            {text.listening}
          </span>
          <span className="soft">{text.listeningNote}</span>
        </p>
      )}
    </Step>
  );
}

export function InviteStep({ of }: { of: Place }) {
  const text = useTextOf(words);
  return (
    <Step of={of} title={text.invite} note={text.inviteNote}>
      <div className="row">
        <PlaceLink path="people" className="btn">
          <Icon name="people" />
          {text.invitePeople}
        </PlaceLink>
      </div>
    </Step>
  );
}
