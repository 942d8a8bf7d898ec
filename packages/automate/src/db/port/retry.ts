import { isTransient } from './errors.ts';

/** Does work again that PostgreSQL made give way to others, as after a deadlock. Each try has to be a transaction of its own. */
export async function retryTransient<T>(work: () => Promise<T>, maximumTries = 3): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === maximumTries || !isTransient(error)) throw error;
    }
  }
}
