import type { Member } from 'automate-client';
import { translated, useTextOf } from '../text/text.tsx';

export type Role = Member['role'];
/** From the most to the least. */
export const roles: readonly Role[] = ['owner', 'admin', 'editor', 'operator', 'viewer'];

const words = translated<Record<Role, string>>(
  { owner: 'Owner', admin: 'Admin', editor: 'Editor', operator: 'Operator', viewer: 'Viewer' },
  { owner: 'Titolare', admin: 'Amministratore', editor: 'Redattore', operator: 'Operatore', viewer: 'Lettore' },
);

/** Roles by the names that people know them by. */
export function useRoleNames(): Record<Role, string> {
  return useTextOf(words);
}
