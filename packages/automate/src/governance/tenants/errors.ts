import { defineErrors } from '../../kernel/index.ts';

export const tenantErrors = defineErrors({
  tenant_not_found: [404, 'Tenant not found'],
});
