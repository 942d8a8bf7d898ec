import { AutomateError, type InputIssue, type Wizard } from 'automate-client';
import { serverPath } from '../../base.ts';

export type Values = Readonly<Record<string, unknown>>;

/**
 * The request that makes it. Names in the path are fields of the form, and not sent again in the body.
 * @throws AutomateError as the client does
 */
export async function send({ method, path }: Wizard['operation'], values: Values, key: string): Promise<Values> {
  const names = Array.from(path.matchAll(/\{([^}]+)\}/g), ([, name = '']) => name);
  const body = Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? '')));
  const operation = `${method} ${path}`;
  let response: Response;
  try {
    response = await fetch(serverPath(filled.replace(/^\/+/, '')), {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch (cause) {
    throw new AutomateError({ status: 0, code: 'network_error', title: '', detail: String(cause), operation, cause });
  }
  const text = await response.text();
  const reply = parsed(text);
  if (response.ok) return reply;
  throw new AutomateError({
    status: response.status,
    code: String(reply.code ?? `http_${response.status}`),
    title: String(reply.title ?? response.statusText),
    detail: String(reply.detail ?? ''),
    operation,
    errors: Array.isArray(reply.errors) ? (reply.errors as InputIssue[]) : undefined,
    body: reply,
  });
}

function parsed(text: string): Values {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Values) : {};
  } catch {
    return {};
  }
}
