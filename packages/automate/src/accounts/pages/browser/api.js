// Calls of the API, by the session's cookie.

/**
 * @typedef {{ pointer: string, code: string, message: string }} Finding
 * @typedef {{ code: string, detail: string, errors?: readonly Finding[] }} Problem RFC 9457
 */
/**
 * @template Body
 * @typedef {{ ok: true, body: Body } | { ok: false, status: number, problem: Problem, retryAfter: number }} Answer
 */

/**
 * @template [Body=unknown]
 * @param {string} method
 * @param {string} path below the base path
 * @param {unknown} [body]
 * @returns {Promise<Answer<Body>>}
 */
export async function call(method, path, body) {
  /** @type {RequestInit} */
  const request = { method, cache: 'no-store', headers: { accept: 'application/json' } };
  if (body !== undefined) {
    request.headers = { accept: 'application/json', 'content-type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  try {
    const reply = await fetch(placeOf(path), request);
    const text = await reply.text();
    if (reply.ok) return { ok: true, body: text === '' ? null : JSON.parse(text) };
    return { ok: false, status: reply.status, problem: problemIn(text), retryAfter: Number(reply.headers.get('retry-after')) };
  } catch {
    return { ok: false, status: 0, problem: UNREACHABLE, retryAfter: 0 };
  }
}

/**
 * The address of a path below the base path.
 * @param {string} path without a slash before it
 */
export function placeOf(path) {
  return `${document.documentElement.dataset.base ?? ''}/${path}`;
}

/** @type {Problem} */
const UNREACHABLE = { code: 'unreachable', detail: 'The server does not answer. Check the connection and try again.' };
/** @type {Problem} */
const STRANGE = { code: 'strange', detail: 'Something between this page and the server answered in its place. Try again.' };

/**
 * @param {string} text
 * @returns {Problem}
 */
function problemIn(text) {
  try {
    const found = JSON.parse(text);
    return typeof found?.code === 'string' ? found : STRANGE;
  } catch {
    return STRANGE;
  }
}
