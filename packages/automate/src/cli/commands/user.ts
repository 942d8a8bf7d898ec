import { commonErrors } from '../../kernel/index.ts';
import { callServer } from '../client.ts';

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
export async function userCreate(
  email: string,
  options: { name?: string; role: string; staff?: boolean; json?: boolean },
): Promise<void> {
  const body = { email, name: options.name ?? email.split('@')[0], role: options.role, is_staff: options.staff ?? false };
  const { reply } = await callServer<User & { link: string }>(PATH, { method: 'POST', body });
  print(
    options,
    reply,
    `${reply.email} is ${options.role}${reply.is_staff ? ' and staff' : ''}. To choose a password, once, within a day:\n${reply.link}\n`,
  );
}

/** Prints a link to choose a new password. */
export async function userReset(email: string, options: { json?: boolean }): Promise<void> {
  const { reply: found } = await callServer<{ results: User[] }>(`${PATH}?email=${encodeURIComponent(email.toLowerCase())}`);
  const [user] = found.results;
  if (!user) throw commonErrors.not_found(`There is no account for ${email}.`);
  const { reply } = await callServer<{ link: string }>(`${PATH}${user.id}/reset/`, { method: 'POST', body: {} });
  print(options, reply, `To choose a new password, once, within a day:\n${reply.link}\n`);
}

/** Lists users by their address. */
export async function userList(options: { json?: boolean }): Promise<void> {
  const users: User[] = [];
  for (let path: string | null = `${PATH}?limit=200`; path !== null; ) {
    const { reply }: { reply: { results: User[]; next: string | null } } = await callServer(path);
    users.push(...reply.results);
    path = reply.next;
  }
  const line = ({ email, name, is_staff, disabled_at, two_factor_enabled }: User) =>
    [email, name, is_staff && 'staff', two_factor_enabled && 'two-factor', disabled_at !== null && 'disabled']
      .filter(Boolean)
      .join('  ');
  print(options, { results: users }, users.map((user) => `${line(user)}\n`).join(''));
}

function print({ json }: { json?: boolean }, reply: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(reply)}\n` : text);
}
