import { z } from 'zod';
import { ApiRouter } from '../../api/index.ts';
import { createJobSystem, JOB_BATCH, JobModel, JobViewSet } from '../../jobs/index.ts';
import { defineFeature, setting } from '../../platform/index.ts';
import { lanesOf } from '../worker-lanes.ts';

/** All asynchronous work, of whatever kind. */
export const jobs = defineFeature({
  name: 'jobs',
  provides: ['jobs'],
  settings: z.object({
    concurrency: setting
      .integer({ default: 500, min: 1, max: 10_000 })
      .meta({ variable: 'AUTOMATE_WORKER_CONCURRENCY', description: 'most jobs in flight at once, per worker' }),
    lanes: setting.list().meta({
      variable: 'AUTOMATE_WORKER_LANES',
      description: 'tenants whose [jobs this worker runs](jobs.md#lanes-and-kinds)',
      bounds: 'slugs or ids of tenants, separated by commas',
      fallback: 'none: all',
    }),
    kinds: setting.list().meta({
      variable: 'AUTOMATE_WORKER_KINDS',
      description: '[kinds of jobs this worker runs](jobs.md#lanes-and-kinds)',
      bounds: 'kinds of jobs, separated by commas',
      fallback: 'none: all',
    }),
    shutdownSeconds: setting
      .seconds({ default: 25, min: 0, max: 600 })
      .meta({ variable: 'AUTOMATE_SHUTDOWN_SECONDS', description: 'how long a worker waits at SIGTERM for the steps in flight' }),
  }),
  migrations: { directory: new URL('../../jobs/migrations/', import.meta.url), schema: undefined },
  models: [JobModel],
  roles: [{ resource: 'jobs', actions: ['read', 'write'], editor: ['*'], operator: ['*'], viewer: ['read'] }],
  jobs: [{ kind: JOB_BATCH, handler: ({ jobs: system }) => system.control.batchHandler }],
  checks: [{ name: 'worker', ready: ({ jobs: system }) => system.health() }],
  metrics: [
    {
      kind: 'gauge',
      name: 'automate_jobs_in_flight',
      help: 'Jobs this process is running.',
      read: ({ jobs: system }) => system.inFlight(),
    },
  ],
  pages: [
    { path: 'jobs', title: { en: 'Jobs', it: 'Lavori' }, icon: 'job', group: 'observe', order: 40, scope: 'jobs:read', key: 'j' },
    {
      path: 'dead-letters',
      title: { en: 'Dead letters', it: 'Lavori falliti' },
      icon: 'dead',
      group: 'observe',
      order: 50,
      scope: 'jobs:read',
      key: 'l',
      count: ({ jobs: system }, tenantId, enough) => system.control.countDead(tenantId, enough),
    },
  ],
  routes: () => new ApiRouter().register('api/v1/jobs', JobViewSet, { basename: 'job' }),
  async create({ db, logger, core, settings, registry }) {
    const { lanes, kinds, ...limits } = settings;
    const { processName: name, leaseSeconds } = core;
    const system = await createJobSystem({
      db,
      logger,
      settings: { ...limits, name, leaseSeconds, kinds: [...new Set(kinds)] },
    });
    return {
      services: { jobs: system },
      connect(services) {
        for (const { kind, handler } of registry.all('jobs')) system.register({ ...handler(services), kind });
      },
      start: async () => system.start({ lanes: await lanesOf([...new Set(lanes)], db) }),
      stop: () => system.stop(),
    };
  },
});
