// A handler of Node's own request and response, under Express or `node:http`.
import type { AddressInfo } from 'node:net';
import { createAutomate, defineSettings } from 'automate';
import { createNodeHandler } from 'automate/api';
import express from 'express';
import { notes } from './notes/index.ts';

const automate = await createAutomate({ settings: defineSettings({ hasSample: false }), ...notes });
const app = express();
app.get('/', (_request, response) => void response.json({ hello: 'from the host' }));
app.use('/automate', createNodeHandler(automate.api));

await automate.ready();
const server = app.listen(automate.settings.http.port, () => {
  console.log(`ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => server.close(() => automate.close()));
