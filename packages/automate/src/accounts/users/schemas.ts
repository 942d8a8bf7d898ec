import { z } from 'zod';
import { Email, PersonName, RoleName, User } from '../people/schemas.ts';

export const UserCreate = z
  .strictObject({
    email: Email,
    name: PersonName,
    is_staff: z.boolean().default(false),
    role: RoleName.default('viewer').describe('In your tenant'),
  })
  .meta({ id: 'UserCreate' });

export const UserPatch = z
  .strictObject({
    name: PersonName.optional(),
    is_staff: z.boolean().optional(),
    disabled: z.boolean().optional(),
    unlink: z
      .literal(true)
      .optional()
      .describe(
        'Takes off the links with identities of a provider: the next one that has the address is linked, and what was there before is void then',
      ),
  })
  .meta({ id: 'UserPatch' });

const Link = z.string().describe('Works once; it is shown this once');

export const UserCreated = User.extend({ link: Link }).meta({ id: 'UserCreated' });

export const ResetLink = z.object({ link: Link }).meta({ id: 'ResetLink' });
