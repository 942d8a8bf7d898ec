import { createHash } from 'node:crypto';
import type { NewExecution } from '../records/new-execution.ts';

/** Keys are what events say, so they are hashed: any text of any length has a name of one length. */
export function nameOf(owner: string, key: string): string {
  return `${owner} ${createHash('sha256').update(key).digest('base64url')}`;
}

/** Names what is counted for a workflow and a key. */
export function ownNameOf({ workflowId }: Pick<NewExecution, 'workflowId'>, key: string): string {
  return nameOf(`workflow ${workflowId}`, key);
}
