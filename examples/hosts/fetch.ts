// One `fetch(request)` function, under Hono or anything else that speaks the Fetch standard.
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { createAutomate, defineSettings } from 'automate';
import { Hono } from 'hono';
import { notes } from './notes/index.ts';

const basePath = '/automate';
const automate = await createAutomate({ settings: defineSettings({ hasSample: false }), basePath, ...notes });
const app = new Hono();
app.get('/', (context) => context.json({ hello: 'from the host' }));
app.all(`${basePath}/*`, (context) => automate.fetch(context.req.raw, { ip: getConnInfo(context).remote.address ?? '' }));

await automate.ready();
const server = serve({ fetch: app.fetch, port: automate.settings.http.port }, ({ port }) => {
  console.log(`ready on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => {
  automate.fetch.close();
  server.close(() => automate.close());
});
