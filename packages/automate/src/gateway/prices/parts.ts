import type { ApiRouter } from '../../api/index.ts';
import type { RoleDeclaration } from '../../governance/index.ts';
import { PriceModel } from './schemas.ts';
import { PriceViewSet } from './viewsets.ts';

export const priceModels = [PriceModel];
export const priceRoles: readonly RoleDeclaration[] = [
  { resource: 'prices', actions: ['read', 'write'], editor: ['read'], operator: ['read'], viewer: ['read'] },
];

export function priceRoutes(router: ApiRouter): ApiRouter {
  return router.register('api/v1/gateway/prices', PriceViewSet, { basename: 'model-price' });
}
