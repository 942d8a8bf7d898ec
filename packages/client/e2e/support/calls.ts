import { operations } from '../../src/generated/index.ts';
import { type AutomateClient, type AutomateError, type ClientOptions, createClient, isAutomateError } from '../../src/index.ts';

/** Remembers which operations were called through the clients it makes. */
export interface CallRecorder {
  client(options: ClientOptions): AutomateClient;
  /** Ids of the operations that nobody called yet. */
  missing(): string[];
}

export function recordCalls(): CallRecorder {
  const called = new Set<string>();
  return {
    client: (options) => createClient({ ...options, onRequest: ({ operation }) => void called.add(operation) }),
    missing: () =>
      Object.values(operations)
        .flatMap((resource) => Object.values(resource).map(({ id }) => id as string))
        .filter((id) => !called.has(id)),
  };
}

/** The problem that a call ends with. */
export async function problemOf(call: Promise<unknown>): Promise<AutomateError> {
  try {
    await call;
  } catch (error) {
    if (isAutomateError(error)) return error;
    throw error;
  }
  throw new Error('The call was expected to fail.');
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
