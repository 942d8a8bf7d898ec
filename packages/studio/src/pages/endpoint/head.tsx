import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Endpoint } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import type { EndpointSearch } from './search.ts';
import { tabsOf } from './tasks.ts';
import { words } from './words.ts';

/** A tab is where one is by what it shows, not by its address alone. */
const EXACT = { exact: true, includeSearch: true };

interface HeadProps {
  readonly endpoint: Endpoint;
  readonly tab: NonNullable<EndpointSearch['tab']>;
}

/** What it is called, whether it answers, and its parts. */
export function Head({ endpoint, tab }: HeadProps) {
  const text = useTextOf(words);
  const { id, name, slug, is_enabled: isEnabled } = endpoint;
  const mayWrite = useAllowed('endpoints:write');
  const look = isEnabled ? 'succeeded' : 'skipped';
  const parts = [
    ...tabsOf(endpoint).map((task) => [task, text.taskTabs[task]] as const),
    ['snippets', text.snippets] as const,
    ['settings', text.settings] as const,
  ];
  return (
    <>
      <div className="xhead">
        <div className="row wrap">
          <h1 className="cut">{name}</h1>
          <span className="status big" data-s={look}>
            <Icon name={look} />
            {isEnabled ? text.enabled : text.disabled}
          </span>
          <span className="idc">
            <code className="soft">{slug}</code>
            <CopyButton what={slug} />
          </span>
          {mayWrite && (
            <span className="push row">
              <SwitchButton endpoint={endpoint} />
              <DeleteButton endpoint={endpoint} />
            </span>
          )}
        </div>
      </div>
      <nav className="tabs" aria-label={text.parts}>
        {parts.map(([part, label]) => (
          <Link
            key={part}
            to="/studio/endpoints/$id/"
            params={{ id }}
            search={{ tab: part }}
            activeOptions={EXACT}
            aria-current={tab === part ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
    </>
  );
}

function SwitchButton({ endpoint: { id, is_enabled: isEnabled } }: { endpoint: Endpoint }) {
  const text = useTextOf(words);
  const common = useText();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const set = async (isOn: boolean, isUndo = false) => {
    setBusy(true);
    try {
      await api.endpoints.partialUpdate(id, { is_enabled: isOn });
      if (!isUndo) say(text.switched(isOn), { link: { label: common.undo, onSelect: () => void set(!isOn, true) } });
    } catch (error) {
      say(wordsOf(error), { status: 'failed' });
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: ['endpoints'] });
  };
  return (
    <button type="button" className="btn" disabled={isBusy} aria-busy={isBusy} onClick={() => void set(!isEnabled)}>
      <Icon name={isEnabled ? 'pause' : 'play'} />
      {isEnabled ? text.switchOff : text.switchOn}
    </button>
  );
}

function DeleteButton({ endpoint: { id, name, slug } }: { endpoint: Endpoint }) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className="btn danger" onClick={() => setOpen(true)}>
        <Icon name="trash" />
        {text.remove}
      </button>
      <Dialog isOpen={isOpen} title={text.removeTitle(name)} onClose={close}>
        <DialogForm
          action={text.remove}
          icon="trash"
          isDanger
          send={() => api.endpoints.destroy(id)}
          onSent={async () => {
            say(text.removed(name));
            await navigate({ to: '/studio/endpoints/' });
            void client.invalidateQueries({ queryKey: ['endpoints'] });
          }}
          onClose={close}
        >
          {() => <p>{text.removeNote(slug)}</p>}
        </DialogForm>
      </Dialog>
    </>
  );
}
