import type { AppServices, HealthCheck, HealthService } from '../api/index.ts';
import { errorMessage } from '../kernel/index.ts';
import type { CheckDeclaration } from '../platform/index.ts';

const TIMEOUT_MS = 3_000;

/** What `/health/ready/` looks at: all that features want looked at, each for three seconds at most. */
export function createHealth(checks: readonly CheckDeclaration[], services: () => AppServices): HealthService {
  return {
    async check() {
      const found = await Promise.all(
        checks.map(async ({ name, ready }) => [name, ready && (await within(async () => ready(services())))] as const),
      );
      return Object.fromEntries(found.flatMap(([name, check]) => (check ? [[name, check] as const] : [])));
    },
  };
}

async function within(check: () => Promise<HealthCheck | undefined>): Promise<HealthCheck | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<HealthCheck>();
  const timer = setTimeout(() => resolve({ ok: false, detail: 'does not answer' }), TIMEOUT_MS);
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: errorMessage(error) };
  } finally {
    clearTimeout(timer);
  }
}
