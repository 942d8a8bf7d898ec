import { useQueryClient } from '@tanstack/react-query';
import { api, wordsOf } from '../api.ts';
import { say } from '../ui/toast.tsx';

/** Works in another tenant, on the page where one is. @returns what does it */
export function useSwitchTenant(): (tenantId: string, told?: string) => Promise<void> {
  const client = useQueryClient();
  return async (tenantId, told) => {
    try {
      await api.sessions.switchTenant({ tenant_id: tenantId });
    } catch (error) {
      return say(wordsOf(error), { status: 'failed' });
    }
    // Nothing of the other tenant stays.
    await client.resetQueries();
    if (told !== undefined) say(told);
  };
}
