import type { NativeLane } from '../providers/provider-kind.ts';
import type { Task } from '../tasks.ts';
import type { CallServices } from './call-services.ts';
import type { ReadyTarget } from './try-targets.ts';

/** The lane of a target that takes a task in OpenAI's words; undefined where it does not. */
export function speaksOpenai({ kinds }: CallServices, { client, provider }: ReadyTarget, task: Task): NativeLane | undefined {
  const lane = client.native;
  return lane?.protocol === 'openai' && kinds.get(provider.kind)?.tasks.includes(task) ? lane : undefined;
}
