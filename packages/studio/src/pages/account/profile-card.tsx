import type { Session } from 'automate-client';
import { useSwitchTenant } from '../../data/switch-tenant.ts';
import { useTextOf } from '../../text/text.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRoleNames } from '../../ui/roles.ts';
import { Card } from './card.tsx';
import { words } from './words.ts';

/** Who one is, in which tenant, and what one may do there. */
export function ProfileCard({ session }: { session: Session }) {
  const text = useTextOf(words);
  const names = useRoleNames();
  const goTo = useSwitchTenant();
  const { user, tenant, role, tenants, is_staff: isStaff, permissions, scopes } = session;
  const known = [...new Set([...Object.keys(text.permissions), ...permissions])];
  const facts = [
    [text.name, user?.name],
    [text.email, user?.email],
    [text.tenant, tenant.name],
    [text.role, `${role ? names[role] : '–'}${isStaff ? `, ${text.staff}` : ''}`],
  ] as const;
  return (
    <Card name="profile" title={text.profile}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd className="anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {tenants.length > 1 && (
        <SelectField
          label={text.switchTo}
          value={tenant.id}
          options={tenants.map(({ id, name, role: own }) => [id, `${name} (${names[own]})`] as const)}
          onChange={(id) => void goTo(id, text.switched(tenants.find((one) => one.id === id)?.name ?? ''))}
        />
      )}
      <div>
        <h3 className="label">{text.may}</h3>
        <ul className="tight">
          {known.map((name) => {
            const may = permissions.includes(name);
            return (
              <li key={name} className={may ? 'row' : 'row soft'}>
                <span className={may ? 'good' : 'faint'}>
                  <Icon name={may ? 'check' : 'minus'} />
                </span>
                {text.permissions[name] ?? name}
              </li>
            );
          })}
        </ul>
      </div>
      <details>
        <summary>{text.allScopes}</summary>
        <ul className="chips pt-2">
          {scopes.map((scope) => (
            <li key={scope} className="badge">
              <code>{scope}</code> {scope === '*' && text.everything}
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}
