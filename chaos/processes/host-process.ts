// A program of a host that adds steps and jobs of its own, of the kind that nobody should write: each ends the process that runs it.
// `serve` and `worker` as the command line has them.
import { createAutomate } from 'automate';
import { defineStep } from 'automate/engine';
import { z } from 'zod';
import { POISON_JOB } from '../harness/poison.ts';

const Nothing = z.strictObject({});
const { argv } = process;
const isServer = argv.includes('serve');

const automate = await createAutomate({
  hasLocalKey: false,
  hasWorker: !isServer,
  steps: [poison('chaos.abort', () => process.abort()), poison('chaos.hoard', hoard)],
  jobs: [{ kind: POISON_JOB, run: async () => process.abort(), onDead: async () => undefined }],
});
process.once('SIGTERM', async () => {
  await automate.close();
  process.exit(0);
});
const url = isServer ? await automate.listen() : undefined;
await automate.ready();
console.log(JSON.stringify(isServer ? { url } : { worker: automate.settings.worker.name }));

function poison(type: string, act: () => void) {
  return defineStep({
    type,
    description: 'Ends the process.',
    config: Nothing,
    compile: () => ({
      input: () => null,
      run() {
        act();
        return { output: null };
      },
    }),
  });
}

/** Takes 2 GB, which is more than the process may have. */
function hoard(): void {
  const kept: number[][] = [];
  for (let megabytes = 0; megabytes < 2_048; megabytes += 8)
    kept.push(Array.from({ length: 1_048_576 }, (_, index) => index + 0.5));
}
