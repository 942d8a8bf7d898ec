import { createClient, createRequester, isAutomateError } from 'automate-client';
import { mount } from './base.ts';

const baseUrl = location.origin + mount.replace(/\/$/, '');

/** The API, as whoever is signed in. */
export const api = createClient({ baseUrl });

/** The same for paths that are only known by what the server says, such as those of a host's models. */
export const request = createRequester({ baseUrl });

/** Whether a failure says that nobody is signed in any more; a password that is wrong does not. */
export function isSignedOut(error: unknown): boolean {
  return isAutomateError(error) && error.status === 401 && error.code === 'unauthenticated';
}

/** Whether the server was not reached, or had no time: what is shown stays, and is asked for again. */
export function isPassing(error: unknown): boolean {
  return isAutomateError(error) && (error.status === 0 || error.status === 429 || error.status >= 502);
}

/** The server's words about a failure. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
