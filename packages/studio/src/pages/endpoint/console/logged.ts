import type { ModelCall } from 'automate-client';
import { api } from '../../../api.ts';

const TRIES = 12;
const WAIT_MS = 250;

/** A call as the log has it, which is written a moment behind; undefined when it does not come, or may not be seen. */
export async function loggedCall(id: string): Promise<ModelCall | undefined> {
  for (let number = 0; number < TRIES; number += 1) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    try {
      return await api.modelCalls.retrieve(id, {}, { retries: 0 });
    } catch (error) {
      if ((error as { status?: number }).status !== 404) return undefined;
    }
  }
  return undefined;
}
