// One `fetch(request)` function, under Hono or anything else that speaks the Fetch standard.
import { serve } from '@hono/node-server';
import { createAutomate, defineSettings } from 'automate';
import { createFetchHandler } from 'automate/api';
import { Hono } from 'hono';
import { notes } from './notes/index.ts';

const automate = await createAutomate({ settings: defineSettings({ hasSample: false }), ...notes });
const app = new Hono();
app.get('/', (context) => context.json({ hello: 'from the host' }));
app.mount('/automate', createFetchHandler(automate.api));

await automate.ready();
const server = serve({ fetch: app.fetch, port: automate.settings.http.port }, ({ port }) => {
  console.log(`ready on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => server.close(() => automate.close()));
