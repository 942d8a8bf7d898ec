import { artifactErrors } from './errors.ts';

/** Files that a tenant may be sending to one process at once: each holds a connection for as long as it takes. */
const MOST_AT_ONCE = 32;

/** @returns counts one more upload of a tenant; what that returns ends it */
export function createUploadTurns(): (tenantId: string) => () => void {
  const running = new Map<string, number>();
  const change = (tenantId: string, by: number) => {
    const count = (running.get(tenantId) ?? 0) + by;
    if (count === 0) running.delete(tenantId);
    else running.set(tenantId, count);
  };
  return (tenantId) => {
    if ((running.get(tenantId) ?? 0) >= MOST_AT_ONCE)
      throw artifactErrors.artifact_uploads_busy(
        `Up to ${MOST_AT_ONCE} uploads of a tenant are taken at once: wait for one to end.`,
        {
          headers: { 'retry-after': '2' },
        },
      );
    change(tenantId, 1);
    return () => change(tenantId, -1);
  };
}
