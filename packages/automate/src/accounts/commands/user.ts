import { commonErrors } from '../../kernel/index.ts';
import type { CommandInput } from '../../platform/index.ts';

interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly is_staff: boolean;
  readonly disabled_at: string | null;
  readonly two_factor_enabled: boolean;
}

const PATH = '/api/v1/users/';

/** Makes a user and prints a link to choose a password. Nothing secret is asked for on the command line. */
export async function userCreate({ arguments: [email = ''], options, call, print }: CommandInput): Promise<void> {
  const { name = email.split('@')[0], role, staff = false } = options as { name?: string; role: string; staff?: boolean };
  const reply = await call<User & { link: string }>(PATH, { method: 'POST', body: { email, name, role, is_staff: staff } });
  print(
    reply,
    `${reply.email} is ${role}${reply.is_staff ? ' and staff' : ''}. To choose a password, once, within a day:\n${reply.link}`,
  );
}

/** Prints a link to choose a new password. */
export async function userReset({ arguments: [email = ''], call, print }: CommandInput): Promise<void> {
  const { results } = await call<{ results: User[] }>(`${PATH}?email=${encodeURIComponent(email.toLowerCase())}`);
  const [user] = results;
  if (!user) throw commonErrors.not_found(`There is no account for ${email}.`);
  const reply = await call<{ link: string }>(`${PATH}${user.id}/reset/`, { method: 'POST', body: {} });
  print(reply, `To choose a new password, once, within a day:\n${reply.link}`);
}

/** Lists users by their address. */
export async function userList({ call, print }: CommandInput): Promise<void> {
  const users: User[] = [];
  for (let path: string | null = `${PATH}?limit=200`; path !== null; ) {
    const page: { results: User[]; next: string | null } = await call(path);
    users.push(...page.results);
    path = page.next;
  }
  const line = ({ email, name, is_staff, disabled_at, two_factor_enabled }: User) =>
    [email, name, is_staff && 'staff', two_factor_enabled && 'two-factor', disabled_at !== null && 'disabled']
      .filter(Boolean)
      .join('  ');
  print({ results: users }, users.map(line).join('\n'));
}
