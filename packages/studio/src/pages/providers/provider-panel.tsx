import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ProviderState, ShownProvider } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { toStudio } from '../../data/pages.ts';
import { useProviderKinds } from '../../data/providers.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProviderReport } from '../../ui/provider-report.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { ProviderForm } from './provider-form.tsx';
import { ProviderStatus } from './provider-state.tsx';
import { words } from './words.ts';

interface PanelProps {
  readonly provider: ShownProvider;
  readonly state: ProviderState | undefined;
  onClose(): void;
}

/** One provider: how it is, who uses it, and what can be done with it. */
export function ProviderPanel({ provider, state, onClose }: PanelProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const kinds = useProviderKinds();
  const [doing, setDoing] = useState<'edit' | 'remove'>();
  const kind = kinds.data?.results.find((one) => one.kind === provider.kind);
  const renew = () => {
    for (const one of ['providers', 'provider-standing']) void client.invalidateQueries({ queryKey: [one] });
  };
  const test = useMutation({ mutationFn: () => api.providers.test(provider.id, {}), onSettled: renew });
  const toggle = useMutation({
    mutationFn: () => api.providers.partialUpdate(provider.id, { is_enabled: !provider.is_enabled }),
    onSuccess: renew,
    onError: (error) => say(wordsOf(error), { status: 'failed' }),
  });
  if (doing === 'edit' && kind)
    return (
      <SidePanel title={text.editTitle(provider.name)} onClose={() => setDoing(undefined)}>
        <ProviderForm kind={kind} provider={provider} onClose={() => setDoing(undefined)} onSaved={() => setDoing(undefined)} />
      </SidePanel>
    );
  const used = state?.endpoints ?? [];
  return (
    <SidePanel title={provider.name} note={kind?.title ?? provider.kind} onClose={onClose}>
      <ProviderFacts provider={provider} state={state} />
      {state?.detail && (
        <div className="fold-in">
          <p className="call" data-s={state.state === 'failing' ? 'failed' : 'warning'}>
            <Icon name="warn" />
            <span className="anywhere">{state.detail}</span>
          </p>
        </div>
      )}
      <Actions
        provider={provider}
        isTesting={test.isPending}
        isBusy={toggle.isPending}
        onTest={() => test.mutate()}
        onToggle={() => toggle.mutate()}
        onDo={setDoing}
      />
      {test.error && (
        <p className="fold-in" role="alert">
          {wordsOf(test.error)}
        </p>
      )}
      {test.data && (
        <div className="fold-in">
          <ProviderReport report={test.data} />
        </div>
      )}
      <RemoveDialog
        provider={provider}
        used={used}
        isOpen={doing === 'remove'}
        onRemoved={() => {
          renew();
          onClose();
        }}
        onClose={() => setDoing(undefined)}
      />
    </SidePanel>
  );
}

function ProviderFacts({ provider, state }: Omit<PanelProps, 'onClose'>) {
  const text = useTextOf(words);
  const used = state?.endpoints ?? [];
  return (
    <Facts
      facts={[
        state && [text.state, <ProviderStatus key="state" state={state.state} />],
        [text.slug, <code key="slug">{provider.slug}</code>],
        provider.secret !== null && [text.keyIn, <code key="secret">{provider.secret}</code>],
        [text.tasks, provider.tasks.join(', ')],
        [
          text.usedBy,
          used.length === 0 ? (
            text.nobody
          ) : (
            <span key="used">
              {used.map((slug, index) => (
                <span key={slug}>
                  {index > 0 && ', '}
                  <Link to={toStudio(`endpoints/${slug}`)}>{slug}</Link>
                </span>
              ))}
            </span>
          ),
        ],
        state && state.calls > 0 && [text.lastHour, text.asked(state.calls, state.failed)],
        [
          text.lastTest,
          state?.last_test ? (
            <span key="test">
              <Ago time={state.last_test.at} />, {state.last_test.ok ? text.went : text.wentWrong}
            </span>
          ) : (
            text.never
          ),
        ],
        ...Object.entries(provider.config).map(
          ([name, value]) =>
            [
              name,
              <code key={name} className="anywhere">
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </code>,
            ] as const,
        ),
      ]}
    />
  );
}

interface ActionsProps {
  readonly provider: ShownProvider;
  readonly isTesting: boolean;
  readonly isBusy: boolean;
  onTest(): void;
  onToggle(): void;
  onDo(what: 'edit' | 'remove'): void;
}

function Actions({ provider, isTesting, isBusy, onTest, onToggle, onDo }: ActionsProps) {
  const text = useTextOf(words);
  const mayWrite = useAllowed('providers:write');
  const mayCalls = useAllowed('calls:read');
  return (
    <p className="fold-in row wrap">
      {mayWrite && (
        <>
          <button type="button" className="btn small" disabled={isTesting} onClick={onTest}>
            <Icon name={isTesting ? 'running' : 'play'} />
            {text.test}
          </button>
          <Link className="btn small" to="/studio/provider-test/" search={{ provider: provider.slug }}>
            <Icon name="terminal" />
            {text.console}
          </Link>
          <button type="button" className="btn small" onClick={() => onDo('edit')}>
            <Icon name="edit" />
            {text.edit}
          </button>
          <button type="button" className="btn small" disabled={isBusy} onClick={onToggle}>
            <Icon name={provider.is_enabled ? 'pause' : 'play'} />
            {provider.is_enabled ? text.disable : text.enable}
          </button>
          <button type="button" className="btn small danger" onClick={() => onDo('remove')}>
            <Icon name="trash" />
            {text.remove}
          </button>
        </>
      )}
      {mayCalls && (
        <Link className="btn small" to="/studio/calls/" search={{ provider: provider.slug }}>
          <Icon name="history" />
          {text.calls}
        </Link>
      )}
    </p>
  );
}

interface RemoveProps {
  readonly provider: ShownProvider;
  readonly used: readonly string[];
  readonly isOpen: boolean;
  onRemoved(): void;
  onClose(): void;
}

/** Says what would break; while something would, the server refuses. */
function RemoveDialog({ provider, used, isOpen, onRemoved, onClose }: RemoveProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.removeTitle(provider.name)} onClose={onClose}>
      <DialogForm
        action={text.remove}
        icon="trash"
        isDanger
        isDisabled={used.length > 0}
        send={() => api.providers.destroy(provider.id)}
        onSent={() => {
          say(text.removed(provider.name));
          onRemoved();
        }}
        onClose={onClose}
      >
        {() => <p>{used.length > 0 ? text.wouldBreak(used.join(', ')) : text.removeNote(provider.slug)}</p>}
      </DialogForm>
    </Dialog>
  );
}
