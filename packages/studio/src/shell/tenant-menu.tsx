import type { Session } from 'automate-client';
import { useSwitchTenant } from '../data/switch-tenant.ts';
import { useText } from '../text/text.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';

/** Which tenant one works in; a menu for who belongs to several. */
export function TenantMenu({ session }: { session: Session | undefined }) {
  const text = useText();
  const goTo = useSwitchTenant();
  const several = (session?.tenants.length ?? 0) > 1;
  const head = (
    <button type="button" className="tenant" disabled={!several} title={several ? text.nav.switchTenant : session?.tenant.name}>
      <svg className="logo" viewBox="0 0 24 24" aria-hidden="true">
        <rect width="24" height="24" rx="6" />
        <path d="M6 12h4m0 0 4-5h4m-8 5h8m-8 0 4 5h4" />
      </svg>
      <span className="cut">
        {session?.tenant.name}
        <small>{text.app}</small>
      </span>
      {several && <Icon name="updown" />}
    </button>
  );
  if (!session || !several) return head;
  const items = session.tenants.map(({ id, name }) => ({
    label: name,
    isChosen: id === session.tenant.id,
    onSelect: () => void goTo(id),
  }));
  return <Menu trigger={head} groups={[items]} />;
}
