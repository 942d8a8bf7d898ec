import type { ApiRouter } from '../../api/index.ts';
import type { RoleDeclaration } from '../../governance/index.ts';
import { BudgetModel } from './schemas.ts';
import { BudgetViewSet } from './viewsets.ts';

export const limitModels = [BudgetModel];
export const limitRoles: readonly RoleDeclaration[] = [
  { resource: 'budgets', actions: ['read', 'write'], editor: ['read'], operator: ['read'], viewer: ['read'] },
];

export function limitRoutes(router: ApiRouter): ApiRouter {
  return router.register('api/v1/gateway/budgets', BudgetViewSet, { basename: 'budget' });
}
