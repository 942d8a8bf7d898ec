import type { AppServices } from '../../api/index.ts';
import type { StepType } from './step-type.ts';

/**
 * Declares a kind of step that uses services of the product: it is made once for each, when the services are known.
 * @param make is called with a function that gives the services once all features are created, which is before anything runs
 * @example withServices((services) => defineStep({ type: 'tickets.open', …, run: async () => ({ output: await services().tickets.open() }) }))
 */
export function withServices(make: (services: () => AppServices) => StepType): StepType {
  const declared = make(() => {
    throw new TypeError('The services of a step are asked for before the product is made.');
  });
  return Object.freeze({ ...declared, bind: make });
}
