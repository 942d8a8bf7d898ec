import type { TestServer } from '../../src/testing/index.ts';

/** A tenant of its own, and calls with a key that has every scope there and is not staff. */
export interface TestTenant {
  readonly id: string;
  readonly call: TestServer['call'];
}

export async function createTenant(server: TestServer, slug: string, scopes: readonly string[] = ['*']): Promise<TestTenant> {
  const { id } = await server.automate.ensureTenant(slug);
  const { value } = await server.automate.apiKeys.create({ tenantId: id, name: slug, scopes, isStaff: false });
  return {
    id,
    call: (method, path, body, headers) => server.call(method, path, body, { authorization: `Bearer ${value}`, ...headers }),
  };
}
