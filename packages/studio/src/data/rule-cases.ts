import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RuleCaseSave } from 'automate-client';
import { api } from '../api.ts';

/** The cases of a workflow's rules, with what a version says of each. @param workflowId undefined: there are none */
export function useRuleCases(workflowId: string | undefined, version?: number) {
  return useQuery({
    queryKey: ['rule-cases', workflowId, version],
    queryFn: ({ signal }) => api.workflows.cases(workflowId ?? '', { ...(version && { version }) }, { signal }),
    enabled: workflowId !== undefined,
  });
}

export function useSaveCase(workflowId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RuleCaseSave) => api.workflows.saveCase(workflowId, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['rule-cases', workflowId] }),
  });
}

export function useDeleteCase(workflowId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.workflows.deleteCase(workflowId, id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['rule-cases', workflowId] }),
  });
}
