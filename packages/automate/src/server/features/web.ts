import { z } from 'zod';
import { ApiRouter, documentationRouter, healthRouter } from '../../api/index.ts';
import {
  createIdempotencyStore,
  createOperatorRepository,
  createRepository,
  createThrottleStore,
  removeExpiredReplies,
} from '../../db/index.ts';
import { defineFeature } from '../../platform/index.ts';
import { databaseCheck, nodeCheck, serverCheck } from '../checks.ts';
import { createHealth } from '../health.ts';
import { createMetrics, MetricsView } from '../metrics.ts';

/** What every installation answers with: health, metrics, documentation, and the stores behind all views. */
export const web = defineFeature({
  name: 'web',
  provides: ['database', 'models', 'operatorModels', 'modelRegistry', 'throttle', 'idempotency', 'health', 'metrics'],
  settings: z.object({
    idempotencyLockSeconds: z.coerce.number().int().min(1).max(3_600).default(60).meta({
      variable: 'AUTOMATE_IDEMPOTENCY_LOCK_SECONDS',
      description: 'how long the `Idempotency-Key` of a running request is held when its process has died',
    }),
  }),
  checks: [serverCheck, databaseCheck, nodeCheck],
  routes: () =>
    new ApiRouter()
      .include('health', healthRouter())
      .view('metrics', MetricsView, { basename: 'metrics' })
      .include('api', documentationRouter()),
  create({ db, registry, settings, allServices }) {
    return {
      services: {
        database: db,
        models: createRepository(db),
        operatorModels: createOperatorRepository(db),
        modelRegistry: registry.all('models'),
        throttle: createThrottleStore(db),
        idempotency: createIdempotencyStore(db, { lockSeconds: settings.idempotencyLockSeconds }),
        health: createHealth(registry.all('checks'), allServices),
        metrics: createMetrics(registry.all('metrics'), allServices),
      },
      sweep: async () => void (await removeExpiredReplies(db)),
    };
  },
});
