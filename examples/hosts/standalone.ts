// The whole server: its own HTTP, its own worker.
import { createAutomate, defineSettings } from 'automate';
import { notes } from './notes/index.ts';

const settings = defineSettings({ http: { port: 3000 }, dataDirectory: '.automate', hasSample: false, api: { pageSize: 50 } });
const automate = await createAutomate({ settings, ...notes });

const url = await automate.listen();
await automate.ready();
console.log(`ready on ${url}`);
process.once('SIGTERM', () => automate.close());
