import { defineFeature, type Feature } from '../../platform/index.ts';
import type { AutomateOptions } from '../options.ts';

/** What a host program passes to `createAutomate` is a feature like all others, and the last of them. */
export function hostFeature(options: AutomateOptions): Feature {
  const { models = [], steps = [], jobs = [], hooks, roles, authenticators = [], pages = [], admin = [], migrations } = options;
  return defineFeature({
    name: 'host',
    replaces: true,
    models,
    steps,
    pages,
    admin,
    hooks: hooks ? [hooks] : [],
    grants: roles ? [roles] : [],
    jobs: jobs.map((handler) => ({ kind: handler.kind, handler: () => handler })),
    ...(migrations && { migrations: { directory: migrations, schema: 'public' } }),
    create: () => ({ authenticators }),
  });
}
