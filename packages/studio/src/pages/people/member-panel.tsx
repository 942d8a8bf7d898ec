import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Member } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { MemberRole, OnOff } from './member-parts.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { words } from './words.ts';

const SIGN_INS = 'session.sign_in,session.sign_in_failed';

/** One member: what they may do, whether they are well guarded, and the way out. */
export function MemberPanel({ member, onClose }: { member: Member; onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const session = useSession().data;
  const mayWrite = useAllowed('members:write');
  const mayAudit = useAllowed('audit:read');
  const [doing, setDoing] = useState<'remove' | 'reset'>();
  const { name, email } = member;
  const actor = `user:${member.user_id}`;
  return (
    <SidePanel title={name} note={email} onClose={onClose}>
      <Facts
        facts={[
          [text.role, <MemberRole key="role" member={member} isSmall={false} />],
          mayWrite ? [text.factor, <OnOff key="factor" isOn={member.two_factor_enabled === true} />] : undefined,
          mayWrite ? [text.seen, member.last_seen_at ? <Ago key="seen" time={member.last_seen_at} /> : text.notYet] : undefined,
          [text.since, <Ago key="since" time={member.created_at} />],
        ]}
      />
      <p className="fold-in row wrap">
        {mayAudit && (
          <>
            <Link className="btn small" to="/studio/audit/" search={{ actor, action: SIGN_INS }}>
              <Icon name="key" />
              {text.signIns}
            </Link>
            <Link className="btn small" to="/studio/audit/" search={{ actor }}>
              <Icon name="history" />
              {text.history}
            </Link>
          </>
        )}
        {mayWrite && session?.is_staff && (
          <button type="button" className="btn small" onClick={() => setDoing('reset')}>
            <Icon name="link" />
            {text.resetLink}
          </button>
        )}
        {mayWrite && (
          <button type="button" className="btn small danger" onClick={() => setDoing('remove')}>
            <Icon name="x" />
            {text.remove}
          </button>
        )}
      </p>
      <ResetDialog isOpen={doing === 'reset'} userId={member.user_id} onClose={() => setDoing(undefined)} />
      <Dialog isOpen={doing === 'remove'} title={text.removeTitle(name)} onClose={() => setDoing(undefined)}>
        <DialogForm
          action={text.remove}
          icon="x"
          isDanger
          send={() => api.members.destroy(member.id)}
          onSent={() => {
            onClose();
            say(text.removed(name));
            void client.invalidateQueries({ queryKey: ['members'] });
          }}
          onClose={() => setDoing(undefined)}
        >
          {() => <p>{text.removeNote}</p>}
        </DialogForm>
      </Dialog>
    </SidePanel>
  );
}
