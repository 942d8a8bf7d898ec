import type { Wizard } from 'automate-client';
import { request } from '../../api.ts';

export type Values = Readonly<Record<string, unknown>>;

/**
 * The request that makes it. Names in the path are fields of the form, and not sent again in the body.
 * @throws AutomateError as the client does
 */
export async function send({ method, path }: Wizard['operation'], values: Values, key: string): Promise<Values> {
  const names = Array.from(path.matchAll(/\{([^}]+)\}/g), ([, name = '']) => name);
  const body = Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? '')));
  return (await request<Values | undefined>(method, `/${filled.replace(/^\/+/, '')}`, { body, idempotencyKey: key })) ?? {};
}
