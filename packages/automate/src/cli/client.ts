import { AppError, errorMessage, loadSettings, readLocalKey } from '../kernel/index.ts';
import type { CallOptions } from '../platform/index.ts';

/** Calls a running server with the key of `AUTOMATE_TOKEN`, of the bootstrap token, or of the data directory. */
export async function callServer<Reply>(path: string, init: CallOptions = {}): Promise<Reply> {
  const response = await fetchServer(path, init);
  return (await response.json().catch(() => ({}))) as Reply;
}

/** The same for a reply that is no JSON. */
export async function fetchServer(path: string, init: CallOptions = {}): Promise<Response> {
  const settings = loadSettings();
  const token = settings.client.token ?? settings.bootstrapToken ?? readLocalKey(settings);
  const url = new URL(path, settings.client.url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: init.method ?? 'GET',
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      signal: AbortSignal.timeout((init.seconds ?? 30) * 1_000),
    });
  } catch (cause) {
    throw clientError(
      `No server answers at ${url.origin} (${reasonOf(cause)}). Start one with \`npm start\`, or set AUTOMATE_URL.`,
      cause,
    );
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
  const hint =
    response.status === 401 ? ' Set AUTOMATE_TOKEN to an API key, or run the command where the server keeps its data.' : '';
  throw clientError(`${response.status} ${problem.title ?? response.statusText}: ${problem.detail ?? ''}${hint}`);
}

function clientError(detail: string, cause?: unknown): AppError {
  return new AppError({ status: 500, code: 'request_failed', title: 'Request failed', detail, cause });
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause;
  return cause?.code ?? errorMessage(error);
}
