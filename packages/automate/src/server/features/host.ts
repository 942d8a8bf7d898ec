import { defineFeature, type Feature } from '../../platform/index.ts';
import type { AutomateOptions } from '../options.ts';

/** What a host program passes to `createAutomate` is a feature like all others, and the last of them. */
export function hostFeature({ models = [], steps = [], jobs = [], hooks, authenticators = [] }: AutomateOptions): Feature {
  return defineFeature({
    name: 'host',
    replaces: true,
    models,
    steps,
    hooks: hooks ? [hooks] : [],
    jobs: jobs.map((handler) => ({ kind: handler.kind, handler: () => handler })),
    create: () => ({ authenticators }),
  });
}
