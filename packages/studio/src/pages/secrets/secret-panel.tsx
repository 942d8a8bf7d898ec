import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Secret } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CopyBox } from '../../ui/once.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { HostsField, hostsIn } from './hosts-field.tsx';
import { words } from './words.ts';

/** One secret: where it may go, how steps name it, and what can be done with it. */
export function SecretPanel({ secret, onClose }: { secret: Secret; onClose(): void }) {
  const text = useTextOf(words);
  const mayWrite = useAllowed('secrets:write');
  const mayAudit = useAllowed('audit:read');
  const isStaff = useSession().data?.is_staff === true;
  const [doing, setDoing] = useState<'rotate' | 'edit' | 'remove'>();
  const stop = () => setDoing(undefined);
  const { name, hosts, reference } = secret;
  return (
    <SidePanel title={name} note={reference ?? text.sealed} onClose={onClose}>
      <Facts
        facts={[
          [text.hosts, hosts.length > 0 ? <code key="hosts">{hosts.join(', ')}</code> : text.nowhere],
          secret.description ? [text.description, secret.description] : undefined,
          [text.version, secret.current_version],
          [text.rotated, <Ago key="rotated" time={secret.rotated_at ?? secret.created_at} />],
          [text.made, <Ago key="made" time={secret.created_at} />],
          [text.changed, <Ago key="changed" time={secret.updated_at} />],
        ]}
      />
      <div className="fold-in">
        <CopyBox label={text.use} value={`{{ secrets.${name} }}`} />
        <p className="hint">{text.useNote}</p>
      </div>
      {reference !== null && <p className="fold-in soft small">{text.reference}</p>}
      <p className="fold-in row wrap">
        {mayWrite && reference === null && (
          <button type="button" className="btn small" onClick={() => setDoing('rotate')}>
            <Icon name="replay" />
            {text.rotate}
          </button>
        )}
        {mayWrite && (
          <button type="button" className="btn small" onClick={() => setDoing('edit')}>
            <Icon name="edit" />
            {text.edit}
          </button>
        )}
        {mayWrite && (
          <button type="button" className="btn small danger" onClick={() => setDoing('remove')}>
            <Icon name="trash" />
            {text.remove}
          </button>
        )}
        {mayAudit && (
          <Link className="btn small" to="/studio/audit/" search={{ target_type: 'secret', target_id: secret.id }}>
            <Icon name="history" />
            {text.history}
          </Link>
        )}
      </p>
      <Dialog isOpen={doing === 'rotate'} title={text.rotateTitle(name)} onClose={stop}>
        <Rotate secret={secret} onClose={stop} />
      </Dialog>
      <Dialog isOpen={doing === 'edit'} title={text.editTitle(name)} onClose={stop}>
        <Edit secret={secret} mayHosts={reference === null || isStaff} onClose={stop} />
      </Dialog>
      <Dialog isOpen={doing === 'remove'} title={text.removeTitle(name)} onClose={stop}>
        <Remove secret={secret} onClose={stop} />
      </Dialog>
    </SidePanel>
  );
}

interface DialogProps {
  readonly secret: Secret;
  onClose(): void;
}

/** What was done is said, and the list read again. */
function useDone(onClose: () => void) {
  const client = useQueryClient();
  return (words: string) => {
    onClose();
    say(words);
    void client.invalidateQueries({ queryKey: ['secrets'] });
  };
}

function Rotate({ secret, onClose }: DialogProps) {
  const text = useTextOf(words);
  const done = useDone(onClose);
  const [value, setValue] = useState('');
  return (
    <DialogForm
      action={text.rotate}
      icon="replay"
      fields={['/value']}
      send={() => api.secrets.rotate(secret.id, { value })}
      onSent={() => done(text.rotatedNow(secret.name))}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <p className="soft">{text.rotateNote}</p>
          <TextField
            label={text.value}
            hint={text.valueHint}
            type="password"
            autoComplete="new-password"
            value={value}
            isRequired
            autoFocus
            error={issue('/value')}
            onChange={setValue}
          />
        </>
      )}
    </DialogForm>
  );
}

function Edit({ secret, mayHosts, onClose }: DialogProps & { mayHosts: boolean }) {
  const text = useTextOf(words);
  const done = useDone(onClose);
  const [hosts, setHosts] = useState(secret.hosts.join('\n'));
  const [description, setDescription] = useState(secret.description);
  return (
    <DialogForm
      action={text.save}
      icon="check"
      fields={['/hosts', '/description']}
      send={() => api.secrets.partialUpdate(secret.id, { description, ...(mayHosts && { hosts: hostsIn(hosts) }) })}
      onSent={() => done(text.saved(secret.name))}
      onClose={onClose}
    >
      {(issue) => (
        <>
          {mayHosts && <HostsField value={hosts} error={issue('/hosts')} onChange={setHosts} />}
          <TextField
            label={text.description}
            rows={2}
            value={description}
            error={issue('/description')}
            onChange={setDescription}
          />
        </>
      )}
    </DialogForm>
  );
}

function Remove({ secret, onClose }: DialogProps) {
  const text = useTextOf(words);
  const done = useDone(onClose);
  return (
    <DialogForm
      action={text.remove}
      icon="trash"
      isDanger
      send={() => api.secrets.destroy(secret.id)}
      onSent={() => done(text.removed(secret.name))}
      onClose={onClose}
    >
      {() => <p>{text.removeNote}</p>}
    </DialogForm>
  );
}
