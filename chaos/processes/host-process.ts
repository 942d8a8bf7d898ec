// A program of a host that adds a step and a job of its own, of the kind that nobody should write: they end the process that runs them.
// `serve` and `worker` as the command line has them.
import { createAutomate } from 'automate';
import { defineStep } from 'automate/engine';
import { z } from 'zod';
import { POISON_JOB } from '../harness/poison.ts';

const poison = defineStep({
  type: 'chaos.poison',
  description: 'Ends the process.',
  config: z.strictObject({}),
  run: () => end('abort'),
});
const { argv } = process;
const isServer = argv.includes('serve');

const automate = await createAutomate({
  hasLocalKey: false,
  hasWorker: !isServer,
  steps: [poison],
  jobs: [{ kind: POISON_JOB, run: async ({ payload }) => end(payload.by), onDead: async () => undefined }],
});
process.once('SIGTERM', async () => {
  await automate.close();
  process.exit(0);
});
const url = isServer ? await automate.listen() : undefined;
await automate.ready();
console.log(JSON.stringify(isServer ? { url } : { worker: automate.settings.processName }));

/** Ends the process in the way asked for. */
function end(by: unknown): never {
  if (by === 'memory') hoard();
  process.abort();
}

/** Takes 2 GB, which is more than the process may have. */
function hoard(): void {
  const kept: number[][] = [];
  for (let megabytes = 0; megabytes < 2_048; megabytes += 8)
    kept.push(Array.from({ length: 1_048_576 }, (_, index) => index + 0.5));
}
