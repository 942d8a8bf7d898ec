import { call, sortArguments } from './call.ts';
import type { Operation } from './operation.ts';
import type { PageOf } from './reply.ts';
import type { Transport } from './transport.ts';

/** The pages of a list from where the query starts, each asked for when it is wanted. */
export async function* pagesOf(
  transport: Transport,
  operation: Operation,
  given: readonly unknown[],
): AsyncGenerator<PageOf<unknown>, void, undefined> {
  const sorted = sortArguments(operation, given);
  let query = sorted.query;
  for (;;) {
    const page = (await call(transport, operation, { ...sorted, query })) as PageOf<unknown>;
    yield page;
    if (page.next === null) return;
    // Only the query of the link is used: the path is known, and no reply can send the token elsewhere.
    query = toQuery(page.next);
  }
}

/** The rows of all pages. */
export async function* rowsOf(...given: Parameters<typeof pagesOf>): AsyncGenerator<unknown, void, undefined> {
  for await (const page of pagesOf(...given)) yield* page.results;
}

function toQuery(link: string): Record<string, string[]> {
  const parameters = new URLSearchParams(link.slice(link.indexOf('?') + 1));
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}
