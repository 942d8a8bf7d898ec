import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isAutomateError, type Policy, type PolicyPatch } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { changedRules, type Layer, type Rule, ruleValueOf, type Typed, type Value } from './rules.ts';

interface Read {
  readonly policy: Policy;
  readonly etag: string | undefined;
}

/** A policy that is read, typed into, and saved; whoever saves second is told, and loses nothing. @param tenant whose ceiling; undefined: one's own rules */
export function usePolicy(tenant: string | undefined) {
  const client = useQueryClient();
  const queryKey = ['policy', 'form', tenant];
  const [typed, setTyped] = useState<Typed>({});
  const [base, setBase] = useState<Layer>();
  const rules = useQuery({
    queryKey: ['policy-rules'],
    queryFn: ({ signal }) => api.policyRules.get({}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const read = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Read> => {
      const call = tenant === undefined ? api.policy.get({}, { signal }) : api.tenantPolicy.get(tenant, {}, { signal });
      const { data, etag } = await call.withResponse();
      return { policy: data, etag };
    },
    // What is typed is compared with what was read when typing began.
    refetchOnWindowFocus: false,
    staleTime: 0,
  });
  const all: readonly Rule[] = rules.data?.rules ?? [];
  const layer = (tenant === undefined ? read.data?.policy.tenant : read.data?.policy.operator) as Layer | undefined;
  const changed = layer ? changedRules(all, layer, typed) : [];
  const save = useMutation({
    mutationFn: async () => {
      const body = Object.fromEntries(
        changed.map((rule) => [rule.name, ruleValueOf(rule, typed[rule.name] ?? '')]),
      ) as PolicyPatch;
      const options = read.data?.etag === undefined ? {} : { ifMatch: read.data.etag };
      return tenant === undefined ? api.policy.patch(body, options) : api.tenantPolicy.patch(tenant, body, options);
    },
    async onSuccess() {
      setTyped({});
      setBase(undefined);
      await client.invalidateQueries({ queryKey: ['policy'] });
    },
    async onError(error) {
      if (!isConflict(error)) return;
      setBase(layer);
      await read.refetch();
    },
  });
  return {
    rules: all,
    policy: read.data?.policy,
    layer,
    error: read.error ?? rules.error,
    retry: () => void Promise.all([read.refetch(), rules.refetch()]),
    typed,
    changed,
    save,
    isConflict: base !== undefined && isConflict(save.error),
    /** What somebody else has put in place of what was there when one began to type. */
    meanwhile: ({ name }: Rule): Value | undefined =>
      base && layer && JSON.stringify(base[name] ?? null) !== JSON.stringify(layer[name] ?? null)
        ? (layer[name] ?? null)
        : undefined,
    type: (name: string, text: string) => setTyped((before) => ({ ...before, [name]: text })),
    discard() {
      setTyped({});
      setBase(undefined);
      save.reset();
    },
  };
}

function isConflict(error: unknown): boolean {
  return isAutomateError(error) && error.status === 412;
}
