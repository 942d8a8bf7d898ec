import type { EndpointCreate } from 'automate-client';

const MOST = 1_000;

/**
 * The endpoints of a file: an array of objects, each with a slug. What else is wrong with one, the server says.
 * @param refusal said of what is no such file
 * @throws Error
 */
export function readFile(given: string, refusal: string): readonly EndpointCreate[] {
  const value = parsed(given);
  const isRow = (row: unknown): row is EndpointCreate =>
    typeof row === 'object' && row !== null && typeof (row as { slug?: unknown }).slug === 'string';
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST || !value.every(isRow)) throw new Error(refusal);
  return value;
}

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}
