import type { Endpoint, EndpointTarget } from 'automate-client';

/** What the form changes. */
export type EndpointValue = Omit<Endpoint, 'id' | 'created_at' | 'updated_at'>;

/** As the form has it: targets in the order in which they are asked. */
export function formValue({ id: _id, created_at: _made, updated_at: _changed, ...rest }: Endpoint): EndpointValue {
  return { ...rest, targets: rest.targets.toSorted((left, right) => left.priority - right.priority) };
}

/** What a new one begins with. @param provider the first there is */
export function newValue(provider: string | undefined): EndpointValue {
  return {
    slug: '',
    name: '',
    description: '',
    aliases: [],
    tasks: ['llm.chat'],
    targets: [{ provider: provider ?? '', model: '', priority: 0, weight: 1 }],
    params: {},
    access: {},
    limits: {},
    attempts: { retries: 1, first_byte_seconds: 120, idle_seconds: 60, total_seconds: 600 },
    guardrails: [],
    log: { bodies: true },
    cache: { ttl_seconds: 0 },
    is_enabled: true,
  };
}

/** Priorities from 0 on, without gaps. @param isShared whether a target shares the calls of the one before it */
export function numbered(
  targets: readonly EndpointTarget[],
  isShared: (target: EndpointTarget, index: number) => boolean,
): readonly EndpointTarget[] {
  let priority = 0;
  return targets.map((target, index) => {
    if (index > 0 && !isShared(target, index)) priority += 1;
    return { ...target, priority };
  });
}

/** Whether each of them shares the calls of the one before it. */
export function sharedOf(targets: readonly EndpointTarget[]): readonly boolean[] {
  return targets.map(({ priority }, index) => index > 0 && targets[index - 1]?.priority === priority);
}
