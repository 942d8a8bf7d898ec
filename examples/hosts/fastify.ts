// A part of a Fastify app that has routes of its own.
import { createAutomate, defineSettings } from 'automate';
import Fastify from 'fastify';
import { notes } from './notes/index.ts';

const basePath = '/automate';
const automate = await createAutomate({ settings: defineSettings({ hasSample: false }), basePath, ...notes });
const app = Fastify();
app.get('/', () => ({ hello: 'from the host' }));
await app.register(automate.plugin, { prefix: basePath });

await automate.ready();
console.log(`ready on ${await app.listen({ port: automate.settings.http.port })}`);
process.once('SIGTERM', async () => {
  await app.close();
  await automate.close();
});
