// A handler of Node's own request and response, under Express or `node:http`.
import type { AddressInfo } from 'node:net';
import { createAutomate, defineSettings } from 'automate';
import express from 'express';
import { notes } from './notes/index.ts';

const basePath = '/automate';
const automate = await createAutomate({ settings: defineSettings({ hasSample: false }), basePath, ...notes });
const app = express();
// Before `express.json()`: the handler reads bodies itself, once a request has been let in.
app.use(basePath, automate.handler);
app.get('/', (_request, response) => void response.json({ hello: 'from the host' }));

await automate.ready();
const server = app.listen(automate.settings.http.port, () => {
  console.log(`ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => {
  automate.handler.close();
  server.close(() => automate.close());
});
