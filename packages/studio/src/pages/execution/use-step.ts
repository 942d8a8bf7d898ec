import { useQuery } from '@tanstack/react-query';
import type { Explorer, Step } from 'automate-client';
import { api } from '../../api.ts';
import { placeOfKey, stepKey } from '../../data/step-key.ts';

const LIVE_MS = 2_000;

/** The step whose panel is open: as it is here, else as the server has it. */
export function useStep({ execution, steps, is_whole: isWhole }: Explorer, key: string | undefined): Step | undefined {
  const known = key === undefined ? undefined : steps.find((step) => stepKey(step) === key);
  const { data } = useQuery({
    queryKey: ['execution-step', execution.id, key],
    queryFn: ({ signal }) => api.executions.steps(execution.id, { ...placeOfKey(key ?? ''), limit: 1 }, { signal }),
    enabled: key !== undefined && known === undefined && !isWhole,
    refetchInterval: execution.finished_at ? false : LIVE_MS,
  });
  return known ?? data?.results[0];
}

/** As it is, without redaction. Asking for it is recorded. */
export function useRawStep(executionId: string, step: Step, isWanted: boolean) {
  const { node, iteration } = step;
  const query = useQuery({
    queryKey: ['execution-raw', executionId, node, iteration, step.seq],
    queryFn: ({ signal }) => api.executions.steps(executionId, { node, iteration, limit: 1, raw: true }, { signal }),
    enabled: isWanted,
    gcTime: 0,
  });
  return { raw: query.data?.results[0], error: query.error };
}
