import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Welcome } from 'automate-client';
import { api } from '../api.ts';
import { useAllowed } from './session.ts';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 300;

/** Runs the sample: makes it where it is not there, sends its event, and waits for the execution that this starts. */
export function useSample(welcome: Welcome | undefined) {
  const client = useQueryClient();
  const maySend = useAllowed('events:write');
  const mayMake = useAllowed('workflows:write');
  const sample = welcome?.sample;
  const run = useMutation({
    mutationFn: async () => {
      if (!sample) throw new Error('The sample is not known.');
      if (sample.workflow_id === null) await api.workflows.create(sample.workflow as never);
      const sent = await api.events.create({ ...sample.event, source: 'studio' } as never);
      return startedBy([sent].flat().map(({ trace_id }) => trace_id)[0] ?? '');
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['welcome'] }),
  });
  const isThere = sample?.workflow_id != null;
  return { run, canRun: sample != null && maySend && (isThere || mayMake), isThere };
}

/** The execution that an event has started; undefined when it takes long. */
async function startedBy(trace_id: string): Promise<string | undefined> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
    const { results } = await api.executions.list({ trace_id, limit: 1 });
    if (results[0]) return results[0].id;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return undefined;
}
