import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { Email, LinkToken, Password, PersonName, RoleName } from '../people/schemas.ts';

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

export const Member = z
  .object({
    id: z.uuid(),
    user_id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: RoleName,
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Member' });
export const MemberModel = defineModel({
  app: 'governance',
  name: 'Member',
  table: 'members',
  schema: Member,
  ordering: ['email', '-email', '-id', 'id'],
  filters: filterBy(Member, { role: ['exact', 'in'], email: ['exact'], user_id: ['exact'] }),
  searchFields: ['email', 'name'],
});
export const MemberPatch = z.strictObject({ role: RoleName }).meta({ id: 'MemberPatch' });

export const Invitation = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: RoleName,
    invited_by: z.string(),
    created_at: Timestamp,
    expires_at: Timestamp,
    accepted_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
  })
  .meta({ id: 'Invitation' });
export const InvitationModel = defineModel({
  app: 'governance',
  name: 'Invitation',
  table: 'invitations',
  schema: Invitation,
  ordering: ['-id', 'id', 'email', '-email'],
  filters: filterBy(Invitation, { email: ['exact'], accepted_at: ['null'], revoked_at: ['null'] }),
  searchFields: ['email'],
});
export const InvitationCreate = z
  .strictObject({ email: Email, role: RoleName, days: z.int().min(1).max(30).default(7).describe('How long it can be accepted') })
  .meta({ id: 'InvitationCreate' });
export const InvitationCreated = Invitation.extend({
  link: z.string().nullable().describe('Works once; it is shown this once. Null where it is mailed'),
}).meta({
  id: 'InvitationCreated',
});

export const InvitationAccept = z
  .strictObject({ token: LinkToken, name: PersonName.optional(), password: Password.optional() })
  .meta({ id: 'InvitationAccept' });
