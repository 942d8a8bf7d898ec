import { defineFeature } from 'automate';
import { ApiRouter, BaseModelViewSet, defineModel } from 'automate/api';
import { z } from 'zod';

const Company = z.object({ id: z.uuid(), company: z.string().min(1).max(200) }).meta({ id: 'ShopContact' });
const CompanyModel = defineModel({ app: 'shop', name: 'ShopContact', table: 'shop.contacts', schema: Company });

class CompanyViewSet extends BaseModelViewSet<typeof CompanyModel> {
  readonly model = CompanyModel;
  readonly createSchema = Company.pick({ company: true });
  override scopeResource = 'shop_contacts';
}

/** Has a table of the same name as another feature has, in a schema of its own. */
export const shop = defineFeature({
  name: 'shop',
  migrations: new URL('./migrations/', import.meta.url),
  models: [CompanyModel],
  roles: [{ resource: 'shop_contacts', actions: ['read', 'write'], editor: ['*'], viewer: ['read'] }],
  routes: () => new ApiRouter().register('api/v1/companies', CompanyViewSet, { basename: 'shop-contact' }),
});
