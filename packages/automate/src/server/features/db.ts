import { z } from 'zod';
import {
  createCatalog,
  createIdempotencyStore,
  createOperatorRepository,
  createRepository,
  createThrottleStore,
  removeExpiredReplies,
} from '../../db/index.ts';
import { defineFeature, setting } from '../../platform/index.ts';
import { databaseCheck } from '../checks.ts';

/** The database, and what views keep in it. */
export const db = defineFeature({
  name: 'db',
  provides: ['database', 'models', 'operatorModels', 'throttle', 'idempotency'],
  settings: z.object({
    idempotencyLockSeconds: setting.integer({ default: 60, min: 1, max: 3_600 }).meta({
      variable: 'AUTOMATE_IDEMPOTENCY_LOCK_SECONDS',
      description: 'how long the `Idempotency-Key` of a running request is held when its process has died',
    }),
  }),
  migrations: { directory: new URL('../../db/migrations/', import.meta.url), schema: undefined },
  checks: [databaseCheck],
  create({ db: database, settings }) {
    const catalog = createCatalog();
    return {
      services: {
        database,
        models: createRepository(database, catalog),
        operatorModels: createOperatorRepository(database, catalog),
        throttle: createThrottleStore(database),
        idempotency: createIdempotencyStore(database, { lockSeconds: settings.idempotencyLockSeconds }),
      },
      sweep: async () => void (await removeExpiredReplies(database)),
    };
  },
});
