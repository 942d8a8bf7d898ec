import { oneOf, textsOf } from '../../data/search.ts';
import { roles } from '../../ui/roles.ts';

export const tabs = ['members', 'invitations', 'roles', 'users'] as const;
export type Tab = (typeof tabs)[number];

/** What is shown, what it is narrowed to, and what is open. */
export interface PeopleSearch {
  readonly tab?: Exclude<Tab, 'members'>;
  readonly q?: string;
  readonly role?: (typeof roles)[number];
  readonly open?: string;
  readonly new?: 'invitation' | 'user';
}

/** What an address does not say rightly, it does not say. */
export function readPeopleSearch(given: Record<string, unknown>): PeopleSearch {
  const tab = oneOf(given.tab, ['invitations', 'roles', 'users']);
  const role = oneOf(given.role, roles);
  const made = oneOf(given.new, ['invitation', 'user']);
  return { ...(tab && { tab }), ...textsOf(given, ['q', 'open']), ...(role && { role }), ...(made && { new: made }) };
}
