import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { Email } from '../people/schemas.ts';

export const Tenant = z
  .object({ id: z.uuid(), slug: z.string(), name: z.string(), created_at: Timestamp })
  .meta({ id: 'Tenant' });
export const TenantModel = defineModel({
  app: 'governance',
  name: 'Tenant',
  table: 'tenants',
  schema: Tenant,
  tenantField: 'id',
  ordering: ['slug', '-slug', '-id', 'id'],
  filters: filterBy(Tenant, { slug: ['exact', 'in'] }),
  searchFields: ['slug', 'name'],
});
/** The same, as the operator sees them all. */
export const AnyTenantModel = { ...TenantModel, tenantField: undefined };

const Name = z.string().trim().min(1).max(200);
export const TenantCreate = z
  .strictObject({
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by "-"')
      .max(60),
    name: Name,
    owner: Email.optional().describe('Address of somebody to invite as its owner'),
  })
  .meta({ id: 'TenantCreate' });
export const TenantCreated = Tenant.extend({
  invitation_link: z.string().nullable().describe('Lets the owner in, once; it is shown this once. Null where it is mailed'),
}).meta({ id: 'TenantCreated' });
export const TenantPatch = z.strictObject({ name: Name }).meta({ id: 'TenantPatch' });
