/** A host program with limited and slow views, to be run in several processes. Prints its address as one line of JSON. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ApiRouter, BaseAPIView, type RateKey, RateLimitMixin, rate } from '../../src/api/index.ts';
import { createLogger, loadSettings } from '../../src/kernel/index.ts';
import { createAutomate } from '../../src/server/index.ts';
import { notesHost } from '../fixtures/notes.ts';

const { SECOND_TOKEN = '', SLOW_MILLISECONDS = '0' } = process.env;
const Said = z.object({ pid: z.int() });

function limitedBy(key: RateKey) {
  return class LimitedView extends RateLimitMixin(BaseAPIView) {
    static {
      this.describe('get', { response: Said });
    }
    override rateLimit = rate('100/hour', { key });
    get(): z.output<typeof Said> {
      return { pid: process.pid };
    }
  };
}

class SlowView extends BaseAPIView {
  static {
    this.describe('post', { body: z.strictObject({ name: z.string() }), response: Said });
  }
  async post(): Promise<z.output<typeof Said>> {
    await wait(Number(SLOW_MILLISECONDS));
    return { pid: process.pid };
  }
}

const router = new ApiRouter().view('slow', SlowView, { basename: 'slow' });
for (const key of ['user', 'tenant', 'token', 'ip'] as const) {
  router.view(`limited/${key}`, limitedBy(key), { basename: `limited-${key}` });
}
const logger = createLogger({ level: 'error' });
const automate = await createAutomate({
  ...notesHost,
  settings: loadSettings(),
  logger,
  router,
  migrates: true,
  hasWorker: false,
  hasLocalKey: false,
});
await automate.ready();
const { rows } = await automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
await automate.apiKeys.create({
  tenantId: rows[0]?.id ?? '',
  name: 'Second',
  scopes: ['*'],
  isStaff: false,
  value: SECOND_TOKEN,
});
process.stdout.write(`${JSON.stringify({ url: await automate.listen() })}\n`);
process.once('SIGTERM', () => void automate.close().then(() => process.exit(0)));
