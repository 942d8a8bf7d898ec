// Who one is, in which tenant, and what one may do there.
import { all, byId, element, write } from './dom.js';

/** @type {Readonly<Record<string, string>>} */
const PERMISSIONS = Object.freeze({
  view_studio: 'See workflows, events and executions',
  publish_workflow: 'Publish workflows',
  view_raw_payload: 'See payloads without redaction',
  manage_secrets: 'Manage secrets',
});

/** @param {import('./account.js').Account} account */
export function showProfile({ user, tenant, role, tenants, is_staff: isStaff, scopes, permissions }) {
  write('header-name', user.name);
  write('name', user.name);
  write('email', user.email);
  write('tenant', tenant.name);
  write('role', capitalised(role ?? 'none') + (isStaff ? ', and staff of this installation' : ''));
  // The attribute, so that it outlives a reset of the form.
  for (const input of all('[data-value="email"]')) input.setAttribute('value', user.email);
  const others = tenants.filter(({ id }) => id !== tenant.id);
  byId('switch').hidden = others.length === 0;
  byId('tenant-select').replaceChildren(
    ...others.map(({ id, name, role: own }) => element('option', { value: id }, `${name} (${own})`)),
  );
  const known = new Set([...Object.keys(PERMISSIONS), ...permissions]);
  byId('permissions').replaceChildren(
    ...[...known].map((name) => {
      const isAllowed = permissions.includes(name);
      const state = element('span', { class: 'state' }, isAllowed ? 'Yes' : 'No');
      return element('li', { class: isAllowed ? 'yes' : 'no' }, state, PERMISSIONS[name] ?? name);
    }),
  );
  byId('scopes').replaceChildren(
    ...scopes.map((scope) => element('li', {}, element('code', {}, scope === '*' ? '* (everything)' : scope))),
  );
}

/** @param {string} word */
function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
