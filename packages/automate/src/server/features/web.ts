import { ApiRouter, documentationRouter, healthRouter } from '../../api/index.ts';
import { defineFeature } from '../../platform/index.ts';
import { nodeCheck, serverCheck } from '../checks.ts';
import { createHealth } from '../health.ts';
import { createMetrics, MetricsView } from '../metrics.ts';

/** What every installation answers with: health, metrics, documentation. */
export const web = defineFeature({
  name: 'web',
  provides: ['modelRegistry', 'health', 'metrics'],
  checks: [nodeCheck, serverCheck],
  routes: () =>
    new ApiRouter()
      .include('health', healthRouter())
      .view('metrics', MetricsView, { basename: 'metrics' })
      .include('api', documentationRouter()),
  create({ registry, allServices }) {
    return {
      services: {
        modelRegistry: registry.all('models'),
        health: createHealth(registry.all('checks'), allServices),
        metrics: createMetrics(registry.all('metrics'), allServices),
      },
    };
  },
});
