import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { Email, LinkToken, Password, PersonName, RoleName } from '../people/schemas.ts';

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
