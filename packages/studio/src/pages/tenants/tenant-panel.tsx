import { Link } from '@tanstack/react-router';
import type { Tenant } from 'automate-client';
import { useState } from 'react';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { RenameDialog } from './tenant-dialogs.tsx';
import { words } from './words.ts';

/** One tenant, as staff see it: its name and its ceiling; what is inside stays its members'. */
export function TenantPanel({ tenant, mayWrite, onClose }: { tenant: Tenant; mayWrite: boolean; onClose(): void }) {
  const text = useTextOf(words);
  const mayPolicy = useAllowed('policy:read');
  const [isRenaming, setRenaming] = useState(false);
  return (
    <SidePanel title={tenant.name} note={<code>{tenant.slug}</code>} onClose={onClose}>
      <Facts
        facts={[
          ['Id', <Id key="id" id={tenant.id} />],
          [text.made, <Ago key="made" time={tenant.created_at} />],
        ]}
      />
      <p className="fold-in row wrap">
        {mayWrite && (
          <button type="button" className="btn small" onClick={() => setRenaming(true)}>
            <Icon name="edit" />
            {text.rename}
          </button>
        )}
        {mayPolicy && (
          <Link className="btn small" to="/studio/policy/" search={{ tenant: tenant.id }}>
            <Icon name="book" />
            {text.policy}
          </Link>
        )}
      </p>
      <RenameDialog tenant={isRenaming ? tenant : undefined} onClose={() => setRenaming(false)} />
    </SidePanel>
  );
}
