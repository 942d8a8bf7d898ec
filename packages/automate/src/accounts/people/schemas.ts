import { z } from 'zod';
import { roleNames } from '../../governance/index.ts';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { MAXIMUM_BYTES } from './password.ts';

export const Email = z
  .email('must be an e-mail address')
  .max(254)
  .overwrite((text) => text.toLowerCase());
export const PersonName = z.string().trim().min(1).max(200);
/** Taken in at any length that can be hashed; whether it is good enough is told with a reason. */
export const Password = z.string().min(1).max(MAXIMUM_BYTES).describe('At least 12 characters');
export const LinkToken = z.string().min(20).max(200).describe('What stands behind #token= in the link');
export const RoleName = z.enum(roleNames);

export const User = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    is_staff: z.boolean().describe('Operates the installation'),
    email_verified: z
      .boolean()
      .describe(
        'Whether whoever holds the account has shown that its address is theirs: by a provider, or by a link that was mailed',
      ),
    two_factor_enabled: z.boolean(),
    disabled_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'User' });

export const UserModel = defineModel({
  app: 'governance',
  name: 'User',
  table: 'users',
  schema: User,
  tenantField: null,
  ordering: ['email', '-email', '-id', 'id'],
  filters: filterBy(User, { email: ['exact'], is_staff: ['exact'], disabled_at: ['null'] }),
  searchFields: ['email', 'name'],
});
