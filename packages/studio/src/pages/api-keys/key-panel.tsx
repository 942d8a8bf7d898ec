import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApiKey } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Actor } from '../../ui/actor.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { RenameForm } from '../../ui/rename-form.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { KeyState, prefixOf, stateOf } from './key-state.tsx';
import { ShownKey } from './shown-key.tsx';
import { words } from './words.ts';

/** One key: what it may do, when it was used, and its end. */
export function KeyPanel({ apiKey, onClose }: { apiKey: ApiKey; onClose(): void }) {
  const text = useTextOf(words);
  const session = useSession().data;
  const mayWrite = useAllowed('api_keys:write') && stateOf(apiKey) !== 'revoked';
  const mayAudit = useAllowed('audit:read');
  const [doing, setDoing] = useState<'rotate' | 'revoke' | 'rename'>();
  const { created_by: maker, previous_expires_at: both } = apiKey;
  const isOwn = maker === `user:${session?.user?.id}`;
  const stop = () => setDoing(undefined);
  return (
    <SidePanel title={apiKey.name} note={<KeyState apiKey={apiKey} />} onClose={onClose}>
      <Facts
        facts={[
          [text.prefix, <code key="prefix">{prefixOf(apiKey)}</code>],
          [text.kind, text.kinds[apiKey.kind]],
          [text.made, <Ago key="made" time={apiKey.created_at} />],
          [text.madeBy, maker ? <Actor key="by" actor={maker} /> : text.installation],
          [text.lastUsed, apiKey.last_used_at ? <Ago key="used" time={apiKey.last_used_at} /> : text.never],
          [text.expires, apiKey.expires_at ? <Ago key="expires" time={apiKey.expires_at} /> : text.never],
          apiKey.rotated_at ? [text.rotated, <Ago key="rotated" time={apiKey.rotated_at} />] : undefined,
          both && Date.parse(both) > Date.now() ? [text.both, <Ago key="both" time={both} />] : undefined,
          apiKey.origins.length > 0 ? [text.origins, apiKey.origins.join(', ')] : undefined,
        ]}
      />
      {apiKey.is_staff && (
        <p className="fold-in">
          <span className="badge warn">{text.staff}</span>
        </p>
      )}
      {apiKey.scopes.length > 0 && (
        <div className="fold-in">
          <h3 className="label">{text.scopes}</h3>
          <ul className="chips">
            {apiKey.scopes.map((scope) => (
              <li key={scope} className="badge">
                <code>{scope}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="fold-in row wrap">
        {mayWrite && isOwn && (
          <button type="button" className="btn small" onClick={() => setDoing('rotate')}>
            <Icon name="replay" />
            {text.rotate}
          </button>
        )}
        {mayWrite && (
          <button type="button" className="btn small" onClick={() => setDoing('rename')}>
            <Icon name="edit" />
            {text.rename}
          </button>
        )}
        {mayWrite && (
          <button type="button" className="btn small danger" onClick={() => setDoing('revoke')}>
            <Icon name="x" />
            {text.revoke}
          </button>
        )}
        {mayAudit && (
          <Link className="btn small" to="/studio/audit/" search={{ target_type: 'api_key', target_id: apiKey.id }}>
            <Icon name="history" />
            {text.history}
          </Link>
        )}
      </p>
      {mayWrite && !isOwn && <p className="fold-in soft small">{text.notYours}</p>}
      <RotateDialog isOpen={doing === 'rotate'} apiKey={apiKey} onClose={stop} />
      <RevokeDialog isOpen={doing === 'revoke'} apiKey={apiKey} onClose={stop} />
      <RenameDialog isOpen={doing === 'rename'} apiKey={apiKey} onClose={stop} />
    </SidePanel>
  );
}

interface KeyDialogProps {
  readonly isOpen: boolean;
  readonly apiKey: ApiKey;
  onClose(): void;
}

function RotateDialog({ isOpen, apiKey, onClose }: KeyDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.rotateTitle(apiKey.name)} onClose={onClose}>
      <Rotate apiKey={apiKey} onClose={onClose} />
    </Dialog>
  );
}

function Rotate({ apiKey, onClose }: Omit<KeyDialogProps, 'isOpen'>) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [overlap, setOverlap] = useState('3600');
  const [made, setMade] = useState<string>();
  if (made !== undefined) return <ShownKey value={made} onDone={onClose} />;
  return (
    <DialogForm
      action={text.rotate}
      icon="replay"
      send={() => api.apiKeys.rotate(apiKey.id, { overlap_seconds: Number(overlap) })}
      onSent={async ({ key }) => {
        setMade(key);
        await client.invalidateQueries({ queryKey: ['api-keys'] });
      }}
      onClose={onClose}
    >
      {() => (
        <>
          <p className="soft">{text.rotateNote}</p>
          <SelectField label={text.overlap} value={overlap} options={text.overlaps} onChange={setOverlap} />
        </>
      )}
    </DialogForm>
  );
}

function RevokeDialog({ isOpen, apiKey, onClose }: KeyDialogProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  return (
    <Dialog isOpen={isOpen} title={text.revokeTitle(apiKey.name)} onClose={onClose}>
      <DialogForm
        action={text.revoke}
        icon="x"
        isDanger
        send={() => api.apiKeys.destroy(apiKey.id)}
        onSent={() => {
          onClose();
          say(text.revokedNow(apiKey.name));
          void client.invalidateQueries({ queryKey: ['api-keys'] });
        }}
        onClose={onClose}
      >
        {() => <p>{text.revokeNote}</p>}
      </DialogForm>
    </Dialog>
  );
}

function RenameDialog({ isOpen, apiKey, onClose }: KeyDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.renameTitle} onClose={onClose}>
      <RenameForm
        name={apiKey.name}
        text={text}
        keys={[['api-keys']]}
        rename={(name) => api.apiKeys.partialUpdate(apiKey.id, { name })}
        onClose={onClose}
      />
    </Dialog>
  );
}
